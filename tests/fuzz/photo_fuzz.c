/* Any bytes as a photo: what is taken out of it stays inside its length. */
#include "fuzz.h"

#include "base/problem.h"
#include "intake.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t count)
{
	static const char *const types[] = {"image/jpeg", "image/png", "image/webp", "image/heic"};
	for (size_t i = 0; i < sizeof types / sizeof types[0]; i++) {
		if (i == 1 && count < 8)
			continue; /* PNG is only what begins as one */
		struct arena *arena = arena_new();
		struct intake_photo photo = {"a", types[i], bytes, count};
		intake_photo_forget_place(&photo, arena);
		must(photo.length <= count);
		arena_free(&arena);
	}
	return 0;
}
