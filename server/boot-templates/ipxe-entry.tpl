{% if san and boot != "san" %}
# The disk in the network is the machine's first one from here on; the kernel finds it in a table
# that iPXE leaves in memory (iBFT).
sanhook --drive 0x80 {{ san }} || goto failed
{% endif %}
{% if boot == "san" %}
sanboot --drive 0x80 {{ san }} || goto failed
{% elif boot == "xen" %}
# iPXE cannot start Xen itself: PXELINUX does on BIOS, GRUB on UEFI. Both look for their files where
# DHCP said that they come from, and that was iPXE's script.
set next-server {{ next_server }}
set 210:string tftp://{{ next_server }}/
iseq ${platform} pcbios && chain --autofree tftp://{{ next_server }}/pxelinux.0 ||
chain --autofree tftp://{{ next_server }}/grubx64.efi || goto failed
{% elif boot == "iso" %}
sanboot --no-describe {{ disk_url }} || goto failed
{% elif boot == "memdisk" %}
iseq ${platform} pcbios || goto failed
kernel {{ http_base }}/memdisk{{ " " ~ kernel_arguments if kernel_arguments else "" }} || goto failed
initrd {{ disk_url }} || goto failed
boot || goto failed
{% elif boot == "kernel" %}
kernel {{ disk_url }}{{ " " ~ kernel_arguments if kernel_arguments else "" }} || goto failed
boot || goto failed
{% else %}
kernel {{ kernel_url }} {{ initrd_arguments }} {{ kernel_arguments }} || goto failed
{% for url in initrd_urls %}
initrd {{ url }} || goto failed
{% endfor %}
boot || goto failed
{% endif %}
