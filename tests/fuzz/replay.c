/*
 * Runs a fuzz target over files, each once, in place of libFuzzer: so that the seeds are replayed
 * by the build with sanitizers that the other tests use, too.
 * Usage: TARGET-replay FILE...  A file that takes longer than 10 s ends it by SIGALRM.
 */
#include "base/err.h"
#include "base/file.h"
#include "base/mem.h"

#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <unistd.h>

enum { SECONDS = 10, MAX_SEED = 1 << 20 };

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

static int replay(const char *path, struct err *err)
{
	autostrbuf text = STRBUF_INIT;
	autofree uint8_t *bytes = NULL;

	if (file_read(AT_FDCWD, path, MAX_SEED, &text, err) < 0)
		return -1;
	/* Of its own size, so that a read past its end is seen. */
	bytes = xmemdup(text.buf, text.len);
	alarm(SECONDS);
	LLVMFuzzerTestOneInput(bytes, text.len);
	return 0;
}

int main(int argc, char **argv)
{
	struct err err = ERR_INIT;

	for (int i = 1; i < argc; i++) {
		fprintf(stderr, "%s\n", argv[i]); /* the last one said is the one that failed */
		if (replay(argv[i], &err) < 0) {
			fprintf(stderr, "%s\n", err.msg);
			return 1;
		}
	}
	return 0;
}
