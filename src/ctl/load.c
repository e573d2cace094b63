/* prontoctl load FILE.json: utilities, areas, crews, rotas and people (migrations/README.md). */
#include "ctl.h"

#include "store.h"
#include "wire/crypto.h"
#include "wire/json.h"

#include <stdio.h>

int ctl_load(const struct ctl *ctl, int argc, char **argv)
{
	struct conf conf;
	struct problem p;
	if (argc != 2)
		return ctl_usage("prontoctl load FILE.json");
	if (!ctl_conf(ctl, &conf))
		return 1;
	struct js *file = js_load(argv[1], &p);
	if (!file)
		return ctl_failed(&p);
	crypto_start();
	bool ok = store_load(conf.database_url, file, &p);
	if (ok)
		printf("{\"utilities\":%zu,\"users\":%zu}\n", js_count(js_find(file, "utilities")),
		       js_count(js_find(file, "users")));
	js_free(&file);
	return ok ? 0 : ctl_failed(&p);
}
