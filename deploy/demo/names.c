/*
 * Names of streets: the ones every Italian town has, so that addresses feel real; no real town's list.
 * Long streets get the great names, lanes of the old towns the trades, country roads a place.
 */
#include "valley.h"

#include "base/mem.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *const great[] = {
    "Roma", "Giuseppe Garibaldi", "Giuseppe Mazzini", "Camillo Cavour", "Dante Alighieri", "Giacomo Matteotti",
    "della Repubblica", "della Libertà", "XXV Aprile", "IV Novembre", "II Giugno", "I Maggio", "Vittorio Veneto",
    "Alessandro Manzoni", "Giuseppe Verdi", "Guglielmo Marconi", "Cesare Battisti", "Alessandro Volta",
    "Leonardo da Vinci", "Michelangelo Buonarroti", "Galileo Galilei", "Antonio Gramsci", "Aldo Moro",
    "Don Luigi Sturzo", "Don Lorenzo Milani", "Enrico Fermi", "Guglielmo Oberdan", "Nazario Sauro", "Piave",
    "Monte Grappa", "Trento", "Trieste", "Gorizia", "Brescia", "Milano", "Bergamo", "Verona", "Mantova", "Cremona",
    "Venezia", "Torino", "Firenze", "Bologna", "Napoli", "Palermo", "Siracusa", "Perugia", "Ancona", "Genova",
    "Giovanni Pascoli", "Giosuè Carducci", "Giacomo Leopardi", "Ugo Foscolo", "Ludovico Ariosto",
    "Torquato Tasso", "Francesco Petrarca", "Giovanni Boccaccio", "Alessandro Tassoni", "Carlo Goldoni",
    "Vittorio Alfieri", "Giuseppe Parini", "Ippolito Nievo", "Grazia Deledda", "Giovanni Verga", "Luigi Pirandello",
    "Italo Svevo", "Salvatore Quasimodo", "Eugenio Montale", "Giuseppe Ungaretti", "Cesare Pavese", "Elsa Morante",
    "Maria Montessori", "Rita Levi Montalcini", "Nilde Iotti", "Tina Anselmi", "Anna Frank", "Sibilla Aleramo",
    "Gioachino Rossini", "Vincenzo Bellini", "Gaetano Donizetti", "Giacomo Puccini", "Antonio Vivaldi",
    "Arcangelo Corelli", "Niccolò Paganini", "Arturo Toscanini", "Pietro Mascagni", "Amilcare Ponchielli",
    "Raffaello Sanzio", "Tiziano Vecellio", "Tintoretto", "Caravaggio", "Giotto", "Donatello", "Masaccio",
    "Andrea Mantegna", "Sandro Botticelli", "Giambattista Tiepolo", "Giovanni Segantini", "Umberto Boccioni",
    "Evangelista Torricelli", "Luigi Galvani", "Antonio Meucci", "Ettore Majorana", "Augusto Righi",
    "Cristoforo Colombo", "Amerigo Vespucci", "Marco Polo", "Antonio Pigafetta", "Giovanni da Verrazzano",
    "Enrico Toti", "Fabio Filzi", "Damiano Chiesa", "Luigi Cadorna", "Armando Diaz", "Francesco Baracca",
    "Goffredo Mameli", "Ciro Menotti", "Carlo Pisacane", "Silvio Pellico", "Daniele Manin", "Nino Bixio",
    "Fratelli Bandiera", "Fratelli Cervi", "Fratelli Rosselli", "Giovanni Amendola", "Piero Gobetti",
    "Enrico Mattei", "Adriano Olivetti", "Alcide De Gasperi", "Luigi Einaudi", "Sandro Pertini", "Salvo D'Acquisto",
    "Caduti di Nassiriya", "Martiri della Libertà", "degli Alpini", "dei Bersaglieri", "dei Partigiani",
    "Papa Giovanni XXIII", "Papa Paolo VI", "Madre Teresa di Calcutta", "San Francesco d'Assisi", "San Martino",
    "San Giovanni", "San Pietro", "San Carlo", "Sant'Antonio", "Santa Lucia", "Santa Caterina", "San Lorenzo",
    "San Michele", "San Giorgio", "Santo Stefano", "Madonna della Neve", "dell'Industria", "dell'Artigianato",
    "del Lavoro", "dello Sport", "delle Scuole", "della Stazione", "Europa", "delle Nazioni Unite", "Kennedy",
    "Martin Luther King", "Gandhi", "dei Tigli", "dei Platani", "delle Magnolie", "dei Ciliegi", "delle Rose",
    "dei Gelsi", "delle Betulle", "dei Pioppi", "degli Aceri", "delle Querce", "degli Ulivi", "dei Castagni",
    "delle Acacie", "dei Pini", "degli Abeti", "delle Viole", "delle Ginestre", "dei Faggi", "dei Larici",
    "Adamello", "Monte Bianco", "Monte Rosa", "Cervino", "Stelvio", "Tonale", "Marmolada", "Adige", "Po", "Oglio",
    "Mincio", "Ticino", "Adda", "Isonzo", "Tagliamento", "Tevere", "Arno", "delle Fonti", "del Ponte Nuovo",
    "dell'Acquedotto", "della Resistenza", "della Pace", "dell'Unità d'Italia", "della Costituzione",
    "del Risorgimento", "Giuseppe Di Vittorio", "Filippo Turati", "Anna Kuliscioff", "Bruno Buozzi",
    "Francesco Crispi", "Bettino Ricasoli", "Urbano Rattazzi", "Quintino Sella", "Massimo d'Azeglio",
    "Vincenzo Gioberti", "Carlo Cattaneo", "Antonio Rosmini", "Tommaso Campanella", "Giordano Bruno",
};
static const char *const lanes[] = {
    "del Forno", "dei Fabbri", "dei Conciatori", "del Pozzo", "della Torre", "del Mulino", "dei Tintori", "della Loggia",
    "delle Mura", "del Mercato", "dell'Orologio", "dei Calzolai", "della Fontana", "del Macello", "delle Beccherie",
    "del Teatro", "della Canonica", "degli Orti", "del Fosso", "dell'Arco", "del Leone", "della Rosa", "del Moro",
    "dei Cappuccini", "delle Monache", "del Seminario", "del Castello", "della Rocca", "di Porta Nuova",
    "di Porta Vecchia", "Stretto", "Lungo", "Chiuso", "della Scala", "del Gelso", "dei Cordai", "dei Ramai",
    "dello Spedale", "dell'Osteria", "del Cappello", "del Lavatoio", "dell'Oratorio", "del Dazio", "della Pesa",
    "del Filatoio", "della Seta", "dei Librai", "degli Speziali", "della Corte", "dei Tre Gobbi",
};
static const char *const country[] = {
    "Cascina Nuova", "Cascina Rossa", "Ca' Bianca", "Ca' Longa", "Fienile Alto", "Malga Vecchia", "Prato Grande",
    "Campagnola", "Ronchi", "Dossi", "Fornaci", "Crocetta", "Gerola", "Brede", "Novali", "Pradelli",
};
#define COUNT(a) ((int)(sizeof(a) / sizeof *(a)))

struct order {
	int street;
	double length;
};

static int longest_first(const void *a, const void *b)
{
	const struct order *x = a, *y = b;
	return x->length < y->length ? 1 : x->length > y->length ? -1 : x->street - y->street;
}

struct counters {
	int great, lanes, country, extra;
};

static const char *prefix_for(const struct street *s, double length, int rank)
{
	if (rank < 2)
		return "Corso";
	if (length > 700 && rank < 14)
		return "Viale";
	if (s->class == STREET_RESIDENTIAL && !s->mesh && length < 95)
		return "Largo";
	return "Via";
}

static bool is_plain_adjective(const char *name)
{
	return !strcmp(name, "Stretto") || !strcmp(name, "Lungo") || !strcmp(name, "Chiuso");
}

/* A municipality's streets by length; every name occurs once in it. */
static void name_one(struct street *s, double length, int rank, struct counters *c)
{
	if (s->class == STREET_RURAL || s->class == STREET_PRIMARY) {
		if (s->class == STREET_PRIMARY)
			snprintf(s->name, sizeof s->name, "Strada Provinciale 9 della Valdoro");
		else
			snprintf(s->name, sizeof s->name, "Località %s", country[c->country++ % COUNT(country)]);
		return;
	}
	if (s->old_town && length < 240 && c->lanes < COUNT(lanes)) {
		const char *lane = lanes[c->lanes++];
		bool narrow = length < 130 || is_plain_adjective(lane);
		snprintf(s->name, sizeof s->name, "%s %s", narrow ? "Vicolo" : "Via", lane);
		if (narrow)
			s->class = STREET_ALLEY;
		return;
	}
	if (c->great < COUNT(great))
		snprintf(s->name, sizeof s->name, "%s %s", prefix_for(s, length, rank), great[c->great++]);
	else
		snprintf(s->name, sizeof s->name, "Traversa %s", great[20 + c->extra++ % (COUNT(great) - 20)]);
}

void valley_name(struct valley *v)
{
	struct order *order = mem_zero((size_t)v->street_count, sizeof *order);
	for (int m = 0; m < VALLEY_MUNICIPALITIES; m++) {
		struct counters c = {0};
		int n = 0;
		for (int i = 0; i < v->street_count; i++)
			if (v->streets[i].municipality == m && v->streets[i].class != STREET_SERVICE)
				order[n++] = (struct order){i, street_length(v, &v->streets[i])};
		qsort(order, (size_t)n, sizeof *order, longest_first);
		for (int i = 0, rank = 0; i < n; i++)
			name_one(&v->streets[order[i].street], order[i].length, rank++, &c);
	}
	free(order);
}
