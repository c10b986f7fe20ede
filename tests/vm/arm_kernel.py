#!/usr/bin/env python3
"""A kernel for UEFI on aarch64 that nobody has signed: it says on QEMU's serial port that it runs.

Usage: arm_kernel.py FILE"""
import struct
import sys

UART = 0x0900  # QEMU's PL011, in units of 64 KiB
code = [0xD2A00002 | UART << 5]  # movz x2, #UART, lsl #16
for byte in b"\r\nthe kernel runs\r\n":
    code += [0x52800001 | byte << 5, 0xB9000041]  # movz w1, #byte; str w1, [x2]
code.append(0x14000000)  # b .
text = struct.pack("<%dI" % len(code), *code).ljust(0x200, b"\0")

dos = b"MZ".ljust(0x3C, b"\0") + struct.pack("<I", 0x40)
coff = struct.pack("<4sHHIIIHH", b"PE\0\0", 0xAA64, 2, 0, 0, 0, 0xF0, 0x226)
optional = struct.pack("<HBBIIIII", 0x20B, 0, 0, 0x200, 0x200, 0, 0x1000, 0x1000)
optional += struct.pack("<QII", 0, 0x1000, 0x200)
optional += struct.pack("<6HIIIIHH4QII", *[0] * 6, 0, 0x3000, 0x200, 0, 10, 0, *[0] * 4, 0, 16)
directories = [0] * 32
directories[10:12] = 0x2000, 12  # base relocations
optional += struct.pack("<32I", *directories)


def section(name, size, address, at, flags):
    return struct.pack("<8s6I2HI", name, size, address, 0x200, at, 0, 0, 0, 0, flags)


sections = section(b".text", 0x200, 0x1000, 0x200, 0x60000020)
sections += section(b".reloc", 12, 0x2000, 0x400, 0x42000040)
relocations = struct.pack("<IIHH", 0x1000, 12, 0, 0).ljust(0x200, b"\0")
with open(sys.argv[1], "wb") as file:
    file.write((dos + coff + optional + sections).ljust(0x200, b"\0") + text + relocations)
