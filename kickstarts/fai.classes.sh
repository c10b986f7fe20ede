#!/bin/sh
# The classes of {{ item_type }} {{ name }}.
dpkg --print-architecture | tr '[:lower:]' '[:upper:]'
if [ -d /sys/firmware/efi ]; then
	echo DEBIAN BOOTWRIGHT BOOTWRIGHT_EFI GRUB_EFI
else
	echo DEBIAN BOOTWRIGHT GRUB_PC
fi
