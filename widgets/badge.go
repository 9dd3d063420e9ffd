package widgets

import (
	"strconv"

	"fyne.io/fyne/v2"

	"dovekie/widgets/skin"
)

// badgeMax is the highest number a badge shows.
const badgeMax = 99

// badgeText is the figure in a badge.
func badgeText(n int) string {
	if n > badgeMax {
		return strconv.Itoa(badgeMax) + "+"
	}
	return strconv.Itoa(n)
}

// badgeWidth is the width a badge takes, 0 for none.
func badgeWidth(n int) float32 {
	if n <= 0 {
		return 0
	}
	w := fyne.MeasureText(badgeText(n), skin.TextStamp, fyne.TextStyle{Bold: true}).Width
	return max(skin.BadgeHeight, whole(w)+10)
}

// badgeObjects are a badge that ends at right with its middle at the height y; none for
// nothing to count.
func badgeObjects(n int, right, y float32, dark bool) []fyne.CanvasObject {
	return badgeIn(skin.Badge, skin.OnBadge, n, right, y, dark)
}

// quietBadge is the badge of what does not ask for attention.
func quietBadge(n int, right, y float32, dark bool) []fyne.CanvasObject {
	return badgeIn(skin.DatePill, skin.DatePillText, n, right, y, dark)
}

func badgeIn(back, text skin.Role, n int, right, y float32, dark bool) []fyne.CanvasObject {
	w := badgeWidth(n)
	if w == 0 {
		return nil
	}
	ground := rounded(skin.Of(back, dark), skin.RadiusBadge)
	place(ground, whole(right-w), whole(y-skin.BadgeHeight/2), w, skin.BadgeHeight)
	figure := lineText(badgeText(n), skin.TextStamp, skin.Of(text, dark), true)
	placeLineMiddle(figure, whole(right-w)+w/2, y)
	return []fyne.CanvasObject{ground, figure}
}
