/*
 * password_hash: a password as crypt(5) writes it in shadow files, called as Ansible's filter of
 * that name: "secret"|password_hash("sha512", "salt", rounds=5000).
 *
 * The same template and variables must give the same answer each time, for answers are cached and
 * compared, so nothing here is random: a salt is given, or derived from a seed that differs from
 * machine to machine, password_hash("yescrypt", seed=name). With neither the filter refuses. The
 * salt does not depend on the password: it is public, and would let others try passwords quickly.
 */
#include "base/sha256.h"
#include "template/render.h"

#include <crypt.h>
#include <stdio.h>
#include <string.h>

#define SALT_MAX   64
#define ROUNDS_MIN 1000 /* what crypt(5) allows for the SHA methods */
#define ROUNDS_MAX 100000

/* Steps make slow work count: they are about what the processor could do in that time. */
static const struct method_row {
	const char *name;
	const char *prefix;
	size_t salt_max;
	int64_t rounds; /* by default; 0: the method has none */
	size_t steps;   /* of one round, or of the whole */
} methods[] = {
	{"sha512", "$6$", 16, 5000, 20},
	{"sha256", "$5$", 16, 5000, 20},
	{"yescrypt", "$y$j9T$", 64, 0, 500000},
};

static const struct method_row *find_method(const struct value *name)
{
	for (size_t i = 0; i < sizeof(methods) / sizeof(methods[0]); i++)
		if (strlen(methods[i].name) == name->len &&
			!memcmp(methods[i].name, name->s, name->len))
			return &methods[i];
	return NULL;
}

static const char salt_chars[] = "./0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/* 16 characters that depend on nothing but the seed. */
static void salt_of_seed(const struct value *seed, char ret[SALT_MAX + 1])
{
	char hash[SHA256_TEXT];

	sha256_text(seed->s, seed->len, hash);
	memcpy(ret, hash, 16);
	ret[16] = '\0';
}

static int salt_arg(struct render *r, const struct call *c, const struct method_row *method,
	char ret[SALT_MAX + 1])
{
	struct value s;

	if (arg_given(c, 2) == arg_given(c, 4))
		return rd_fail(r,
			"'password_hash' needs either a salt or a seed, so that the answer is the "
			"same each time; such as password_hash('%s', seed=name)",
			method->name);
	if (arg_given(c, 4)) {
		if (arg_str(r, c, 4, "", &s) < 0)
			return -1;
		salt_of_seed(&s, ret);
		return 0;
	}
	if (arg_str(r, c, 2, "", &s) < 0)
		return -1;
	snprintf(ret, SALT_MAX + 1, "%.*s", (int)(s.len < SALT_MAX ? s.len : SALT_MAX), s.s);
	if (!s.len || s.len > method->salt_max || strspn(ret, salt_chars) != s.len)
		return rd_fail(r,
			"the salt of '%s' has 1 to %zu of the characters a-z A-Z 0-9 . /; for "
			"other texts use seed=",
			method->name, method->salt_max);
	return 0;
}

/* crypt()'s second argument; counts the work. */
static int setting(
	struct render *r, const struct call *c, const struct method_row *method, struct strbuf *ret)
{
	char salt[SALT_MAX + 1];
	int64_t rounds;

	if (salt_arg(r, c, method, salt) < 0 || arg_int(r, c, 3, method->rounds, &rounds) < 0)
		return -1;
	if (arg_given(c, 3) && !method->rounds)
		return rd_fail(r, "'%s' has no rounds", method->name);
	if (method->rounds && (rounds < ROUNDS_MIN || rounds > ROUNDS_MAX))
		return rd_fail(r, "'password_hash' takes %d to %d rounds", ROUNDS_MIN, ROUNDS_MAX);
	strbuf_adds(ret, method->prefix);
	if (rounds != method->rounds)
		strbuf_addf(ret, "rounds=%lld$", (long long)rounds);
	strbuf_adds(ret, salt);
	return rd_spend(r, method->steps * (size_t)(rounds ? rounds : 1));
}

static int password_arg(struct render *r, const struct call *c, char ret[CRYPT_MAX_PASSPHRASE_SIZE])
{
	struct value s;

	if (rd_to_str(r, &c->args[0], &s) < 0)
		return -1;
	if (!s.len || s.len >= CRYPT_MAX_PASSPHRASE_SIZE || memchr(s.s, '\0', s.len))
		return rd_fail(r, "a password has 1 to %d bytes and no NUL",
			CRYPT_MAX_PASSPHRASE_SIZE - 1);
	memcpy(ret, s.s, s.len);
	ret[s.len] = '\0';
	return 0;
}

static int filter_password_hash(struct render *r, struct call *c, struct value *ret)
{
	char password[CRYPT_MAX_PASSPHRASE_SIZE];
	autostrbuf how = STRBUF_INIT;
	const struct method_row *method;
	autofree void *work = NULL;
	int work_size = 0;
	struct value name;
	const char *hash;

	if (arg_str(r, c, 1, "sha512", &name) < 0)
		return -1;
	method = find_method(&name);
	if (!method)
		return rd_fail(r, "'password_hash' knows sha512, sha256 and yescrypt");
	if (password_arg(r, c, password) < 0 || setting(r, c, method, &how) < 0)
		return -1;
	hash = crypt_ra(password, how.buf, &work, &work_size);
	explicit_bzero(password, sizeof(password));
	if (!hash)
		return rd_fail(r, "crypt(3) does not take the setting '%s'", how.buf);
	return rd_string(r, hash, strlen(hash), ret);
}

const struct builtin filters_crypt[] = {
	{.name = "password_hash",
		.fn = filter_password_hash,
		.params = {"hashtype", "salt", "rounds", "seed"}},
	{.name = NULL},
};
