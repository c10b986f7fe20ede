#include "koan-client/virt/virt_private.h"

static char *xml_of(virDomain *domain, unsigned flags)
{
	return virDomainGetXMLDesc(domain, flags | VIR_DOMAIN_XML_SECURE);
}

static int read_state(virDomain *domain, struct domain_state *ret)
{
	int active = virDomainIsActive(domain);
	int persistent = virDomainIsPersistent(domain);
	int autostart = 0;

	if (active < 0 || persistent < 0 || virDomainGetUUIDString(domain, ret->uuid) < 0)
		return -1;
	if (persistent) {
		ret->next = xml_of(domain, VIR_DOMAIN_XML_INACTIVE);
		/* Not every driver knows the next two, and then there is nothing of the kind. */
		ret->autostart = virDomainGetAutostart(domain, &autostart) == 0 && autostart;
		ret->saved = virDomainHasManagedSaveImage(domain, 0) == 1;
	}
	if (active) {
		ret->run = virDomainGetID(domain);
		ret->now = xml_of(domain, 0);
	}
	return (persistent && !ret->next) || (active && !ret->now) ? -1 : 0;
}

int virt_domain_state(
	struct virt *virt, const char *name, struct domain_state *ret, struct err *err)
{
	autodomain virDomain *domain = NULL;

	if (virt_find_domain(virt, name, &domain, err) < 0)
		return -1;
	if (!domain || read_state(domain, ret) == 0)
		return 0;
	return virt_failed(err, "what the domain '%s' is cannot be seen", name);
}

void domain_state_done(struct domain_state *state)
{
	free(state->next);
	free(state->now);
	*state = (struct domain_state){0};
}

static int stop(virDomain *domain, struct err *err)
{
	if (virDomainDestroy(domain) < 0 && virDomainIsActive(domain) == 1)
		return virt_failed(
			err, "the domain '%s' cannot be stopped", virDomainGetName(domain));
	return 0;
}

int virt_domain_stop(struct virt *virt, const char *uuid, struct err *err)
{
	autodomain virDomain *domain = NULL;

	if (virt_find_domain(virt, uuid, &domain, err) < 0)
		return -1;
	return domain && virDomainIsActive(domain) == 1 ? stop(domain, err) : 0;
}

static int define_again(struct virt *virt, const struct domain_state *state, struct err *err)
{
	/* Not judged by the schema: what libvirt wrote, it takes. */
	autodomain virDomain *domain = virDomainDefineXML(virt->conn, state->next);
	int autostart = 0;

	if (!domain)
		return virt_failed(err, "libvirt does not take its configuration back");
	if (virDomainGetAutostart(domain, &autostart) == 0 && !autostart == state->autostart &&
		virDomainSetAutostart(domain, state->autostart) < 0)
		return virt_failed(err, "whether it starts with the host cannot be set");
	return 0;
}

/* One that was never defined is not defined now. */
static int undefine_again(virDomain *domain, struct err *err)
{
	if (virDomainIsPersistent(domain) != 1 ||
		virDomainUndefineFlags(domain, VIR_DOMAIN_UNDEFINE_KEEP_NVRAM) == 0 ||
		virDomainUndefine(domain) == 0)
		return 0;
	return virt_failed(err, "the domain in its place cannot be undefined");
}

int virt_domain_bring_back(
	struct virt *virt, const struct domain_state *state, bool start, struct err *err)
{
	autodomain virDomain *domain = NULL;
	autodomain virDomain *again = NULL;
	bool active;

	if (virt_find_domain(virt, state->uuid, &domain, err) < 0)
		return -1;
	active = domain && virDomainIsActive(domain) == 1;
	if (active && (!state->now || virDomainGetID(domain) != state->run)) {
		if (stop(domain, err) < 0)
			return -1;
		active = false;
	}
	if (state->next ? define_again(virt, state, err) < 0
			: domain && undefine_again(domain, err) < 0)
		return -1;
	if (!start || !state->now || active)
		return 0;
	again = virDomainCreateXML(virt->conn, state->now, 0);
	return again ? 0 : virt_failed(err, "it is defined again, but does not start");
}

static void forget_snapshots(virDomain *domain)
{
	virDomainSnapshot **list = NULL;
	int n = virDomainListAllSnapshots(domain, &list, VIR_DOMAIN_SNAPSHOT_LIST_ROOTS);

	for (int i = 0; i < n; i++) {
		virDomainSnapshotDelete(list[i], VIR_DOMAIN_SNAPSHOT_DELETE_CHILDREN |
							 VIR_DOMAIN_SNAPSHOT_DELETE_METADATA_ONLY);
		virDomainSnapshotFree(list[i]);
	}
	free(list);
}

static void forget_checkpoints(virDomain *domain)
{
	virDomainCheckpoint **list = NULL;
	int n = virDomainListAllCheckpoints(domain, &list, VIR_DOMAIN_CHECKPOINT_LIST_ROOTS);

	for (int i = 0; i < n; i++) {
		virDomainCheckpointDelete(
			list[i], VIR_DOMAIN_CHECKPOINT_DELETE_CHILDREN |
					 VIR_DOMAIN_CHECKPOINT_DELETE_METADATA_ONLY);
		virDomainCheckpointFree(list[i]);
	}
	free(list);
}

void virt_domain_forget_past(struct virt *virt, const char *uuid)
{
	autodomain virDomain *domain = virDomainLookupByUUIDString(virt->conn, uuid);

	if (!domain)
		return;
	forget_snapshots(domain);
	forget_checkpoints(domain);
}
