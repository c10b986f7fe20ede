/*
 * A FAT image, as dosfstools judges it and mtools read it: whatever the files' sizes are, what
 * comes out is what went in, and the same files make the same image.
 */
#include "support.h"

#include "base/run.h"
#include "boot/fat.h"

#include <unistd.h>

enum { FILES = 6, SPAN_MAX = 1000 };

/* Byte `at` of file `number`. */
static char pattern(int64_t number, uint64_t at)
{
	return (char)(((uint64_t)number * 31 + at * 7 + (at >> 9)) % 251);
}

/* In pieces as a client takes them, at most SPAN_MAX from each span but for large zeros. */
static void write_image(const struct fat *fat, int fd)
{
	uint64_t size = fat_size(fat);
	struct err err = ERR_INIT;

	for (uint64_t at = 0; at < size;) {
		struct fat_span span = fat_at(fat, at);
		uint64_t n = span.length < SPAN_MAX * 64 ? span.length : SPAN_MAX * 64;
		autofree char *piece = xcalloc(1, (size_t)n);

		assert_true(span.length > 0 && span.length <= size - at);
		if (span.bytes)
			memcpy(piece, span.bytes, n);
		for (uint64_t i = 0; span.file >= 0 && i < n; i++)
			piece[i] = pattern(span.file, span.offset + i);
		if (file_write_fd(fd, piece, (size_t)n, &err) < 0)
			fail_msg("%s", err.msg);
		at += n;
	}
}

static void checked(const char *const argv[], struct strbuf *output)
{
	struct err err = ERR_INIT;

	if (run_checked(argv, 60, output, &err) < 0)
		fail_msg("%s: %s: %s", argv[0], err.msg, output->buf);
}

static void expect_file(const char *image, const char *path, int64_t number, uint64_t size)
{
	autofree char *inside = xasprintf("::%s", path);
	autofree char *out = xasprintf("%s.out", image);
	autostrbuf said = STRBUF_INIT;
	autostrbuf bytes = STRBUF_INIT;
	struct err err = ERR_INIT;

	checked((const char *[]){"mcopy", "-n", "-o", "-i", image, inside, out, NULL}, &said);
	if (file_read(AT_FDCWD, out, 64 << 20, &bytes, &err) < 0)
		fail_msg("%s", err.msg);
	assert_int_equal(bytes.len, size);
	for (uint64_t i = 0; i < size; i++)
		if (bytes.buf[i] != pattern(number, i))
			fail_msg("%s differs at byte %llu", path, (unsigned long long)i);
	unlink(out);
}

static const char *const paths[FILES] = {"EFI/BOOT/BOOTX64.EFI", "EFI/BOOT/grubx64.efi",
	"EFI/debian/grub.cfg", "images/deb12/linux", "images/deb12/initrd.gz",
	"images/a-name.that+is_longer-than-what.one.entry-of-a-folder-can-hold_13"};

static struct fat *image_of(const uint64_t sizes[FILES])
{
	struct fat *fat = fat_new();
	struct err err = ERR_INIT;

	for (size_t i = 0; i < FILES; i++)
		if (fat_add(fat, paths[i], sizes[i], &err) < 0)
			fail_msg("%s: %s", paths[i], err.msg);
	if (fat_layout(fat, &err) < 0)
		fail_msg("%s", err.msg);
	return fat;
}

static void test_sizes(void **state)
{
	static const uint64_t rows[][FILES] = {
		{0, 0, 0, 0, 0, 0},
		{1, 511, 512, 513, 0, 4096},
		{900000, 2600000, 1000, 8000000, 20000000, 0},
		{2048, 32768, 32767, 32769, 3000001, 1},
	};
	char name[] = "/tmp/bw-fat-XXXXXX";
	int fd = mkstemp(name);

	(void)state;
	assert_true(fd >= 0);
	for (size_t r = 0; r < ARRAY_SIZE(rows); r++) {
		AUTO(fat) struct fat *fat = image_of(rows[r]);
		autostrbuf said = STRBUF_INIT;

		assert_int_equal(ftruncate(fd, 0), 0);
		assert_int_equal(lseek(fd, 0, SEEK_SET), 0);
		write_image(fat, fd);
		checked((const char *[]){"fsck.fat", "-n", "-v", name, NULL}, &said);
		assert_non_null(strstr(said.buf, "16 bit entries"));
		for (size_t i = 0; i < FILES; i++)
			expect_file(name, paths[i], (int64_t)i, rows[r][i]);
	}
	close(fd);
	unlink(name);
}

/* Many files in one folder, and in the root. */
static void test_many(void **state)
{
	char name[] = "/tmp/bw-fat-XXXXXX";
	AUTO(fat) struct fat *fat = fat_new();
	autostrbuf said = STRBUF_INIT;
	struct err err = ERR_INIT;
	int fd = mkstemp(name);

	(void)state;
	assert_true(fd >= 0);
	for (int i = 0; i < 700; i++) {
		autofree char *path =
			xasprintf("%sfile-with-a-long-name.%d", i < 350 ? "folder/" : "", i);

		assert_int_equal(fat_add(fat, path, (uint64_t)i, &err), 0);
	}
	assert_int_equal(fat_layout(fat, &err), 0);
	write_image(fat, fd);
	checked((const char *[]){"fsck.fat", "-n", name, NULL}, &said);
	expect_file(name, "folder/file-with-a-long-name.349", 349, 349);
	expect_file(name, "file-with-a-long-name.699", 699, 699);
	close(fd);
	unlink(name);
}

static void test_refused(void **state)
{
	static const struct {
		const char *path;
		uint64_t size;
		enum err_code code;
	} rows[] = {
		{"efi/other", 1, ERR_CONFLICT},      /* EFI is there */
		{"EFI/boot.EFI", 1, ERR_CONFLICT},   /* BOOT.efi is there */
		{"EFI/BOOT.efi/x", 1, ERR_CONFLICT}, /* below a file */
		{"EFI", 1, ERR_CONFLICT},            /* a folder */
		{"a//b", 1, ERR_INVALID},
		{"", 1, ERR_INVALID},
		{"a/", 1, ERR_INVALID},
		{"a.", 1, ERR_INVALID},
		{"a:b", 1, ERR_INVALID},
		{"\xc3\xa4", 1, ERR_INVALID},
		{"huge", (uint64_t)5 << 30, ERR_TOO_BIG},
		{"large", (uint64_t)3 << 30, ERR_TOO_BIG},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		AUTO(fat) struct fat *fat = fat_new();
		struct err err = ERR_INIT;

		assert_int_equal(fat_add(fat, "EFI/BOOT.efi", 1, &err), 0);
		if (fat_add(fat, rows[i].path, rows[i].size, &err) == 0 &&
			fat_layout(fat, &err) == 0)
			fail_msg("'%s' was taken", rows[i].path);
		if (err.code != rows[i].code)
			fail_msg("'%s': %s", rows[i].path, err.msg);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_sizes),
		cmocka_unit_test(test_many),
		cmocka_unit_test(test_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
