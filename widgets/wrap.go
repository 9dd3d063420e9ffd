package widgets

import (
	"image/color"
	"strings"
	"unicode/utf8"

	"fyne.io/fyne/v2"
	"github.com/clipperhouse/uax29/v2/graphemes"
)

// neverFirst may not stand at the start of a line.
const neverFirst = "，。！？：；、）》」』】〉”’…,.!?:;)]}%"

// neverLast may not stand at the end of one.
const neverLast = "（《「『【〈“‘([{"

// wrapLines breaks short texts of our own, such as hints and errors, into lines of the
// width: between words, and between wide characters unless a mark would stand alone.
func wrapLines(s string, size float32, bold bool, width float32) []string {
	var lines []string
	for part := range strings.SplitSeq(s, "\n") {
		lines = append(lines, wrapPart(part, fyne.TextStyle{Bold: bold}, size, width)...)
	}
	return lines
}

func wrapPart(s string, style fyne.TextStyle, size, width float32) []string {
	var lines []string
	start, canBreak, at := 0, 0, 0 // bytes: start of the line, last place to break, now
	previous := ""
	for g := graphemes.FromString(s); g.Next(); {
		cluster := g.Value()
		if at > start && mayBreak(previous, cluster) {
			canBreak = at
		}
		line := strings.TrimRight(s[start:at+len(cluster)], " ")
		if at > start && fyne.MeasureText(line, size, style).Width > width {
			if canBreak <= start {
				canBreak = at
			}
			lines = append(lines, strings.TrimRight(s[start:canBreak], " "))
			start = canBreak
		}
		previous = cluster
		at += len(cluster)
	}
	return append(lines, s[start:])
}

// mayBreak reports whether a line may end between the two clusters.
func mayBreak(before, after string) bool {
	if after == " " || strings.Contains(neverFirst, after) || strings.Contains(neverLast, before) {
		return false
	}
	b, _ := utf8.DecodeLastRuneInString(before)
	a, _ := utf8.DecodeRuneInString(after)
	return before == " " || before == "-" || isWide(a) || isWide(b) || strings.Contains(neverFirst, before) && b > 0x7f
}

// wrapObjects are the lines of a text, the first one's top at 0, and the height of all.
func wrapObjects(s string, size, pitch float32, c color.Color, width float32) (objects []fyne.CanvasObject, height float32) {
	for _, line := range wrapLines(s, size, false, width) {
		t := lineText(line, size, c, false)
		placeLine(t, 0, height+pitch/2)
		objects = append(objects, t)
		height += pitch
	}
	return objects, height
}
