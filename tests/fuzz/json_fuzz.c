/* JSON from anybody: parsed or refused; what is parsed is written and parsed again to the same
 * text. */
#include "fuzz.h"

#include "base/problem.h"
#include "wire/json.h"

#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct problem p;
	struct js *value = js_parse((const char *)data, size, &p), *again;
	struct str first = {0}, second = {0};

	if (value == NULL)
		return 0;
	js_write(value, &first);
	again = js_parse(first.data, first.length, &p);
	must(again != NULL);
	js_write(again, &second);
	must(first.length == second.length && memcmp(first.data, second.data, first.length) == 0);
	js_free(&value);
	js_free(&again);
	str_fini(&first);
	str_fini(&second);
	return 0;
}
