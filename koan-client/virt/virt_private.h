/* Between the files that are the door to libvirt (virt.h); nobody else includes it. */
#ifndef KOAN_VIRT_PRIVATE_H
#define KOAN_VIRT_PRIVATE_H

#include "koan-client/virt/virt.h"

#include <libvirt/libvirt.h>
#include <libvirt/virterror.h>
#include <pthread.h>

struct virt {
	virConnect *_Atomic conn; /* virt_revive() may replace it while other threads ask */
	virConnect *dead;         /* the one it replaced */
	pthread_mutex_t reviving;
	char *uri;
	bool remote; /* whatever the URI says */
};

/* libvirt's last error of this thread, behind what koan was doing; -1. */
int virt_failed(struct err *err, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
bool virt_error_is(int code);

/* By name or UUID; NULL in `ret` where there is none. */
int virt_find_domain(struct virt *virt, const char *name, virDomain **ret, struct err *err);

DEFINE_AUTO(domain, virDomain *, virDomainFree)
#define autodomain AUTO(domain)

#endif
