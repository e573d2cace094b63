/*
 * The register of names that the address search goes by: equal names are one title with several
 * bearers, equal surroundings one setting, and every word knows its titles, its weight and its
 * forms with letters left out.
 */
#include "compile.hpp"

#include "../search/slip.h"
#include "../search/words.h"

#include <algorithm>
#include <cmath>
#include <map>

namespace making {

namespace {

/* A word that every title holds still tells a little. */
constexpr double LEAST_WEIGHT = 0.4;

std::vector<std::string> split_words(const std::string &text, size_t most)
{
	std::vector<std::string> words;
	for (size_t from = 0; from < text.size() && words.size() < most;) {
		size_t to = std::min(text.find(' ', from), text.size());
		if (to > from)
			words.push_back(text.substr(from, to - from));
		from = to + 1;
	}
	return words;
}

struct entry {
	std::vector<uint32_t> titles;
	uint32_t settings = 0;
};
using dictionary = std::map<std::string, entry>;

/* Rare words tell more; kinds of street, saints and little words little, however rare. */
float weight_of(const std::string &word, const entry &e, size_t titles)
{
	double plain = words_weight(word.c_str(), word.size());
	double common = std::log(1 + static_cast<double>(e.titles.size())) /
	                std::log(2 + static_cast<double>(titles));
	return static_cast<float>(plain < 1 ? plain
	                                    : LEAST_WEIGHT + (1 - LEAST_WEIGHT) * (1 - common));
}

/* Titles with their bearers; their words are looked up once all are known. */
std::vector<std::vector<std::string>> put_titles(image &out, const std::vector<bearer> &bearers,
                                                 dictionary &words)
{
	std::vector<std::vector<std::string>> title_words;
	for (uint32_t i = 0; i < bearers.size(); i++) {
		if (i > 0 && bearers[i].words == bearers[i - 1].words) {
			out.titles.back().named++;
			continue;
		}
		auto id = static_cast<uint32_t>(out.titles.size());
		out.titles.push_back({0, i, 1, 0, 0, 0});
		title_words.push_back(split_words(bearers[i].words, MAP_TITLE_WORDS));
		for (const std::string &word : title_words.back())
			if (std::vector<uint32_t> &of = words[word].titles;
			    of.empty() || of.back() != id)
				of.push_back(id);
	}
	return title_words;
}

void put_words(image &out, const dictionary &words)
{
	for (const auto &[word, e] : words) {
		auto id = static_cast<uint32_t>(out.words.size());
		out.words.push_back({out.strings.put(word),
		                     static_cast<uint32_t>(out.word_items.size()),
		                     static_cast<uint32_t>(e.titles.size()), e.settings,
		                     weight_of(word, e, out.titles.size())});
		out.word_items.insert(out.word_items.end(), e.titles.begin(), e.titles.end());
		uint32_t keys[SLIP_KEYS];
		bool number = word[0] >= '0' && word[0] <= '9';
		size_t count =
		    number || word.size() < 3 ? 0 : slip_keys(word.c_str(), word.size(), 2, keys);
		for (size_t i = 0; i < count; i++)
			out.slips.push_back({keys[i], id});
	}
	std::sort(out.slips.begin(), out.slips.end(), [](const map_slip &a, const map_slip &b) {
		return a.key != b.key ? a.key < b.key : a.word < b.word;
	});
}

using word_ids = std::unordered_map<std::string, uint32_t>;

void put_title_words(image &out, const std::vector<std::vector<std::string>> &title_words,
                     const word_ids &ids)
{
	for (size_t i = 0; i < title_words.size(); i++) {
		map_title &t = out.titles[i];
		t.first_word = static_cast<uint32_t>(out.title_words.size());
		t.words = static_cast<uint16_t>(title_words[i].size());
		for (const std::string &word : title_words[i]) {
			uint32_t id = ids.at(word);
			out.title_words.push_back(id);
			t.weight += out.words[id].weight;
		}
	}
}

void put_settings(image &out, std::map<std::string, uint32_t> &settings, const word_ids &ids)
{
	for (auto &[text, id] : settings) {
		id = static_cast<uint32_t>(out.settings.size());
		std::vector<std::string> list = split_words(text, SIZE_MAX);
		out.settings.push_back({static_cast<uint32_t>(out.setting_words.size()),
		                        static_cast<uint32_t>(list.size())});
		for (const std::string &word : list)
			out.setting_words.push_back(ids.at(word));
	}
}

} // namespace

std::string normal_words(const std::string &text)
{
	struct str out = {};
	words_normal(text.c_str(), &out);
	std::string result = str_text(&out);
	str_fini(&out);
	return result;
}

void register_names(image &out, const std::vector<bearer> &bearers)
{
	dictionary words;
	std::map<std::string, uint32_t> settings;
	std::vector<std::vector<std::string>> title_words = put_titles(out, bearers, words);
	for (const bearer &b : bearers)
		settings.emplace(b.setting, 0);
	for (const auto &[text, id] : settings)
		for (const std::string &word : split_words(text, SIZE_MAX))
			words[word].settings++;
	put_words(out, words);
	word_ids ids;
	for (const auto &[word, e] : words)
		ids.emplace(word, static_cast<uint32_t>(ids.size()));
	put_title_words(out, title_words, ids);
	put_settings(out, settings, ids);
	for (const bearer &b : bearers) {
		out.named.push_back(b.named);
		out.named.back().setting = settings[b.setting];
	}
}

} // namespace making
