"""Prints the characters of the embedded Chinese font, one hexadecimal number a line.

They are the 8,105 of 通用规范汉字表 (kTGH in Unihan) and Big5 level 1 (kBigFive up to
C67E), kana, full-width forms and the symbols of GB 2312. There is no Latin, Greek or
Cyrillic, and none of the quotation marks that Latin text shares: those come from the
text font, in its own width and weight. The spaces are here because a space after a
character is drawn from that character's font.
"""
import bz2
import glob
import sys

chars = set()
for name in glob.glob(sys.argv[1] + "/Unihan_*.txt.bz2"):
    for line in bz2.open(name, "rt", encoding="utf-8"):
        if not line.startswith("U+"):
            continue
        code, key, value = line.rstrip("\n").split("\t")
        if key == "kTGH" or key == "kBigFive" and 0xA440 <= int(value, 16) <= 0xC67E:
            chars.add(int(code[2:], 16))
han = len(chars)
for word in "玥喆堃陳龍鳥":
    assert ord(word) in chars, word
chars |= {0x20, 0xA0}
chars |= set(range(0x3000, 0x3040)) | set(range(0x3040, 0x3100)) | set(range(0xFF00, 0xFFF0))
for row in range(0xA1, 0xA3):
    for cell in range(0xA1, 0xFF):
        try:
            c = ord(bytes((row, cell)).decode("gb2312"))
        except UnicodeDecodeError:
            continue
        if c >= 0x2100:
            chars.add(c)
print(f"{han} Han characters, {len(chars)} in all", file=sys.stderr)
for c in sorted(chars):
    print(f"{c:04X}")
