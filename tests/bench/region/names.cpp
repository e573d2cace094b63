/* Names as they sound in northern Italy; those of towns are put together and belong to none. */
#include "region.hpp"

namespace region {

namespace {

template <size_t N> const char *pick(dice &random, const char *const (&list)[N])
{
	return list[random.below(static_cast<uint32_t>(N))];
}

/* The first ones are in every town. */
const char *const common[] = {"Roma",
                              "Giuseppe Garibaldi",
                              "Giuseppe Mazzini",
                              "Giuseppe Verdi",
                              "Dante Alighieri",
                              "Alessandro Manzoni",
                              "Giacomo Matteotti",
                              "Guglielmo Marconi",
                              "IV Novembre",
                              "XXV Aprile",
                              "Camillo Cavour",
                              "Cesare Battisti",
                              "Alessandro Volta",
                              "Leonardo da Vinci",
                              "Vittorio Veneto",
                              "Trento",
                              "Trieste",
                              "Piave",
                              "Monte Grappa",
                              "Kennedy",
                              "Aldo Moro",
                              "Don Giovanni Bosco",
                              "Papa Giovanni XXIII",
                              "della Libertà",
                              "della Repubblica",
                              "della Pace",
                              "dell'Industria",
                              "dell'Artigianato",
                              "del Lavoro",
                              "I Maggio",
                              "II Giugno",
                              "Milano",
                              "Brescia",
                              "Bergamo",
                              "Verona",
                              "Venezia",
                              "Torino",
                              "Genova",
                              "Firenze",
                              "Bologna",
                              "Napoli",
                              "Padova",
                              "Vicenza",
                              "Mantova",
                              "Cremona",
                              "Galileo Galilei",
                              "Michelangelo Buonarroti",
                              "Enrico Fermi",
                              "Giovanni Pascoli",
                              "Giosuè Carducci",
                              "Giacomo Leopardi",
                              "Ugo Foscolo",
                              "Giuseppe Parini",
                              "Francesco Petrarca",
                              "Ludovico Ariosto",
                              "Torquato Tasso",
                              "Gioachino Rossini",
                              "Giacomo Puccini",
                              "Gaetano Donizetti",
                              "Vincenzo Bellini",
                              "Antonio Vivaldi",
                              "Cristoforo Colombo",
                              "Marco Polo",
                              "Amerigo Vespucci",
                              "Raffaello Sanzio",
                              "Tiziano Vecellio",
                              "Andrea Mantegna",
                              "San Martino",
                              "San Rocco",
                              "San Giorgio",
                              "San Michele",
                              "San Francesco",
                              "San Carlo",
                              "San Giovanni",
                              "Sant'Antonio",
                              "Sant'Anna",
                              "Santa Lucia",
                              "Santa Maria",
                              "Santo Stefano",
                              "Madonna della Neve",
                              "degli Alpini",
                              "dei Partigiani",
                              "Fratelli Cervi",
                              "Fratelli Rosselli",
                              "Enrico Mattei",
                              "Alcide De Gasperi",
                              "Luigi Einaudi",
                              "Antonio Gramsci",
                              "Sandro Pertini",
                              "Salvo D'Acquisto",
                              "dello Sport",
                              "della Stazione",
                              "delle Scuole",
                              "Europa",
                              "Adige",
                              "Po",
                              "Mincio",
                              "Oglio",
                              "Adda",
                              "Ticino",
                              "Isonzo",
                              "Tagliamento",
                              "Adamello",
                              "Monte Rosa",
                              "Marmolada"};
const char *const green[] = {"dei Tigli",    "delle Rose",    "dei Pini",       "dei Gelsi",
                             "degli Ulivi",  "delle Viole",   "dei Ciliegi",    "delle Magnolie",
                             "dei Pioppi",   "delle Betulle", "degli Aceri",    "dei Platani",
                             "delle Querce", "dei Castagni",  "delle Acacie",   "dei Larici",
                             "degli Olmi",   "dei Noccioli",  "delle Ginestre", "dei Glicini",
                             "dei Mughetti"};
const char *const given[] = {
    "Giovanni", "Antonio",  "Francesco", "Luigi",  "Carlo",    "Pietro",     "Angelo",
    "Paolo",    "Maria",    "Teresa",    "Anna",   "Lucia",    "Bartolomeo", "Giacomo",
    "Ettore",   "Ernesto",  "Achille",   "Cesare", "Emilio",   "Faustino",   "Ambrogio",
    "Gaetano",  "Ippolito", "Lorenzo",   "Matteo", "Nicolò",   "Ottavio",    "Raffaele",
    "Rosa",     "Silvio",   "Tommaso",   "Ugo",    "Vincenzo", "Zeno"};
const char *const family_head[] = {"Ald", "Ber", "Bon", "Bres", "Cal", "Cav",  "Cor", "Dal",
                                   "Fan", "Fer", "Gal", "Gam",  "Gri", "Lam",  "Lor", "Man",
                                   "Mar", "Mor", "Nov", "Pad",  "Pel", "Quar", "Ram", "Ros",
                                   "Sal", "Sig", "Tab", "Tor",  "Val", "Ver",  "Vis", "Zan"};
const char *const family_tail[] = {"ani",   "ardi",  "aschi",  "atti",  "azzi", "egari",  "elli",
                                   "enghi", "eri",   "essi",   "etti",  "ighi", "inelli", "ini",
                                   "oglio", "olini", "omelli", "onari", "otti", "ucci"};
const char *const lane[] = {"del Forno",      "del Pozzo",    "della Torre", "del Mulino",
                            "dei Fabbri",     "Stretto",      "Lungo",       "della Rocca",
                            "del Borgo",      "dei Mercanti", "del Teatro",  "della Fontana",
                            "dell'Orto",      "San Nicolò",   "del Duomo",   "della Pieve",
                            "dei Cappuccini", "del Leone",    "del Sole"};
const char *const town_head[] = {"Al",  "Ar",  "Bar", "Bel",  "Bor", "Bra", "Cal",  "Car", "Cas",
                                 "Cer", "Cor", "Dol", "Fen",  "Fol", "Gar", "Ghed", "Gor", "Gri",
                                 "Lan", "Lev", "Lom", "Mar",  "Mez", "Mon", "Nav",  "Ol",  "Or",
                                 "Pal", "Per", "Pon", "Quin", "Rov", "Sal", "Ser",  "Sol", "Tor",
                                 "Tre", "Ur",  "Val", "Ver",  "Vig", "Zan"};
const char *const town_middle[] = {"",    "",   "an", "ard", "and", "ess", "ed",
                                   "enz", "il", "in", "ol",  "ord", "ur",  "ic"};
const char *const town_tail[] = {"ago",  "ano",  "ara", "asco", "ate", "azzo", "ello",
                                 "engo", "enna", "eto", "igo",  "ina", "isio", "ivo",
                                 "olo",  "one",  "ore", "orno", "ugo", "usco"};
const char *const town_before[] = {"Castel ", "San ",   "Villa ", "Borgo ", "Monte ",
                                   "Torre ",  "Ponte ", "Rocca ", "Pieve ", "Costa "};
const char *const town_after[] = {" sul Mincio", " in Collina", " al Piano", " Superiore",
                                  " Inferiore",  " Veneto",     " Lombardo", " Terme",
                                  " di Sopra",   " al Lago"};

std::string family(dice &random)
{
	std::string name = pick(random, family_head);
	name += pick(random, family_tail);
	return name;
}

/* The first of the list are met far more often. */
std::string common_name(dice &random)
{
	double share = random.share();
	auto count = static_cast<double>(std::size(common));
	return common[static_cast<size_t>(share * share * count)];
}

std::string bare_town(dice &random)
{
	std::string name = pick(random, town_head);
	name += pick(random, town_middle);
	name += pick(random, town_tail);
	return name;
}

} // namespace

/* One draw a statement: the order in which the parts of a sum draw is the compiler's own. */

std::string town_name(dice &random)
{
	std::string name = bare_town(random);
	double fate = random.share();
	if (fate < 0.14)
		return pick(random, town_before) + name;
	return fate < 0.24 ? name + pick(random, town_after) : name;
}

std::string hamlet_name(dice &random)
{
	static const char *const kinds[] = {"Cascina ", "Ca' ",    "Località ", "Contrada ",
	                                    "San ",     "Molino ", "Case "};
	if (random.luck(0.5))
		return bare_town(random);
	std::string name = pick(random, kinds);
	name += family(random);
	return name;
}

std::string street_name(dice &random, road_kind kind, bool stub)
{
	if (kind == UNCLASSIFIED && random.luck(0.6)) {
		std::string name = random.luck(0.5) ? "Via Cascina " : "Strada ";
		name += bare_town(random);
		return name;
	}
	if (kind == LIVING_STREET || (stub && random.luck(0.4)))
		return std::string("Vicolo ") + pick(random, lane);
	if (kind <= SECONDARY && random.luck(0.4)) {
		std::string name = random.luck(0.5) ? "Corso " : "Viale ";
		name += common_name(random);
		return name;
	}
	double fate = random.share();
	if (fate < 0.45) {
		std::string name = random.luck(0.06) ? "Piazza " : "Via ";
		name += common_name(random);
		return name;
	}
	if (fate < 0.55)
		return std::string("Via ") + pick(random, green);
	std::string name = std::string("Via ") + pick(random, given) + " ";
	name += family(random);
	return name;
}

std::string river_name(uint32_t which)
{
	static const char *const names[] = {"Padano",  "Olina",   "Sesiana",   "Lambra",
	                                    "Addello", "Seriana", "Chiesara",  "Mincina",
	                                    "Tartara", "Bacchia", "Brentella", "Silea"};
	return std::string(which ? "Torrente " : "Fiume ") + names[which % std::size(names)];
}

} // namespace region
