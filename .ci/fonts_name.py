"""Gives a subset its own name, as the licence asks where "Noto" or "Source" is reserved,
and shortens what no program needs. Usage: fonts_name.py in.otf out.otf"""
import sys

from fontTools.ttLib import TTFont

font = TTFont(sys.argv[1])
names = {1: "Dovekie Han", 2: "Regular", 3: "Dovekie Han 1", 4: "Dovekie Han", 5: "Version 1", 6: "DovekieHan"}
table = font["name"]
keep = [n for n in table.names if n.nameID in (0, 13, 14) and n.platformID == 3 and n.langID == 0x409]
table.names = keep
for number, text in names.items():
    table.setName(text, number, 3, 1, 0x409)
cff = font["CFF "].cff
cff.fontNames = ["DovekieHan"]
top = cff.topDictIndex[0]
top.FullName = top.FamilyName = "Dovekie Han"
# The height of Noto Sans, which draws the Latin: Fyne puts the baseline of a line as low as
# its highest font asks, so with one height there is one baseline.
for t, up, down in (("hhea", "ascent", "descent"), ("OS/2", "sTypoAscender", "sTypoDescender")):
    setattr(font[t], up, 1069)
    setattr(font[t], down, -293)
font["OS/2"].usWinAscent, font["OS/2"].usWinDescent = 1069, 293
font.save(sys.argv[2])
