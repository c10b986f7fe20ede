/*
 * A parsed template. Everything lives in the template's arena, is immutable after parsing and so
 * is shared by the threads that render it; the last reference frees it (env.c).
 */
#ifndef TEMPLATE_AST_H
#define TEMPLATE_AST_H

#include "template/arena.h"
#include "template/builtin.h"
#include "template/names.h"
#include "template/place.h"
#include "template/value.h"

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct methods;
struct expr;

struct arg_keyword {
	struct arg_keyword *next;
	struct name name;
	struct expr *value;
};

/* Arguments that fit the parameters of what is called, in their order; [0] is what is filtered. */
struct bound_args {
	size_t n;
	const struct expr *made[CALL_ROOM]; /* NULL: a constant, or not given */
	struct value fixed[CALL_ROOM];      /* then this */
};

struct args {
	struct expr *first; /* positional, linked by `next` */
	size_t n;
	struct arg_keyword *keywords;
	size_t n_keywords;
	struct expr *star;        /* *args */
	struct expr *starstar;    /* **kwargs */
	struct bound_args *bound; /* NULL: whether they fit is found out when it is called */
};

enum expr_kind {
	EXPR_CONST,
	EXPR_NAME,
	EXPR_ATTR,
	EXPR_ITEM,
	EXPR_SLICE, /* only as the index of EXPR_ITEM */
	EXPR_CALL,
	EXPR_FILTER,
	EXPR_TEST,
	EXPR_BOUND, /* a filter or test whose arguments are in order */
	EXPR_PIPED, /* what a filter block or set block filters */
	EXPR_NOT,
	EXPR_NEG,
	EXPR_POS,
	EXPR_BINARY,
	EXPR_AND,
	EXPR_OR,
	EXPR_COMPARE,
	EXPR_CONCAT,
	EXPR_COND,
	EXPR_LIST,
	EXPR_TUPLE,
	EXPR_DICT, /* key, value, key, value … */
};

enum binary_op {
	OP_ADD,
	OP_SUB,
	OP_MUL,
	OP_DIV,
	OP_FLOORDIV,
	OP_MOD,
	OP_POW,
};

enum compare_op {
	CMP_EQ,
	CMP_NE,
	CMP_LT,
	CMP_LE,
	CMP_GT,
	CMP_GE,
	CMP_IN,
	CMP_NOT_IN,
};

struct comparison {
	struct comparison *next;
	enum compare_op op;
	struct expr *with;
};

struct expr {
	enum expr_kind kind;
	struct place at;
	unsigned height; /* of the tree below: bounds the recursion of a rendering */
	unsigned nodes;  /* in it: the steps that it takes at most */
	struct expr *next;
	union {
		struct value value;
		struct name name;
		struct {
			struct expr *base;
			struct name name;
			/* By the kind of what it is looked up in; NULL where none is called so. */
			const struct methods *methods;
		} attr;
		struct {
			struct expr *base;
			struct expr *index;
		} item;
		struct {
			struct expr *from, *to, *step; /* each may be NULL */
		} slice;
		struct {
			struct expr *base;
			struct args *args;
			/* Of a filter or test, or the method that is most likely called; NULL: not
			 * known. */
			const struct builtin *row;
			const struct builtin
				*named; /* by a constant argument, as in map("upper") */
			const char *called;
		} call;
		struct expr *operand;
		struct {
			struct expr *left, *right;
			enum binary_op op;
		} binary;
		struct {
			struct expr *left;
			struct comparison *rest;
		} compare;
		struct {
			struct expr *test, *yes, *no; /* `no` may be NULL */
			struct undefined *nothing;    /* the value then */
		} cond;
		struct {
			struct expr *first;
			size_t n;
		} items;
	} u;
};

enum target_kind {
	TARGET_NAME,
	TARGET_MEMBER, /* ns.member */
	TARGET_TUPLE,
};

struct target {
	enum target_kind kind;
	struct place at;
	struct target *next;
	struct name name;
	struct name member;
	struct target *first; /* of a tuple */
	size_t n;
};

enum node_kind {
	NODE_TEXT,
	NODE_PRINT,
	NODE_IF,
	NODE_FOR,
	NODE_SET,
	NODE_SET_BLOCK,
	NODE_WITH,
	NODE_MACRO,
	NODE_CALL,
	NODE_FILTER,
	NODE_INCLUDE,
	NODE_IMPORT,
	NODE_FROM,
	NODE_EXTENDS,
	NODE_BLOCK,
};

struct branch { /* of an if; the else has no test */
	struct branch *next;
	struct expr *test;
	struct node *body;
};

struct macro_param {
	struct macro_param *next;
	struct name name;
	struct expr *value; /* the default, or NULL */
};

struct macro_def {
	struct name name; /* "caller" for a call block */
	struct macro_param *params;
	size_t n_params;
	struct node *body;
	bool uses_varargs, uses_kwargs, uses_caller;
};

struct assignment {
	struct assignment *next;
	struct target *target;
	struct expr *value;
};

struct import_name {
	struct import_name *next;
	struct name name;
	struct name as;
};

struct block_def {
	struct block_def *next; /* of the template */
	struct name name;
	struct node *body;
	bool scoped;
	bool required;
};

struct node {
	enum node_kind kind;
	struct place at;
	struct node *next;
	union {
		struct {
			const char *s;
			size_t len;
		} text;
		struct expr *print;
		struct branch *branches;
		struct {
			struct target *target;
			struct expr *over;
			struct expr *test;
			struct node *body;
			struct node *otherwise;
			bool recursive;
		} loop;
		struct assignment *set; /* one for set, several for with */
		struct {
			struct target *target;
			struct expr *filter; /* or NULL */
			struct node *body;
		} capture; /* set block and filter block */
		struct {
			struct assignment *set;
			struct node *body;
		} with;
		struct macro_def *macro;
		struct {
			struct macro_def *caller;
			struct expr *call;
		} call;
		struct {
			struct expr *name;
			bool ignore_missing;
			bool with_context;
			struct name as;            /* import */
			struct import_name *names; /* from */
		} other;
		struct block_def *block;
	} u;
};

struct parsed {
	atomic_uint refs;
	uint64_t stamp;
	const char *name;
	size_t name_len;
	struct arena arena;
	struct node *body;
	struct block_def *blocks;
	struct names *names;
	uint32_t *ids; /* the numbers of names that it holds, once for each use */
	size_t n_ids;
	size_t alloc_ids;
	size_t ids_end; /* all are less */
};

#endif
