// Package assets holds what is shipped inside the binary: icons, marks, the Chinese font,
// emoji pictures and translations. It knows nothing of Fyne; what it returns is bytes.
package assets

import (
	"embed"
	"encoding/json"
	"fmt"
	"image/color"
	"strconv"
	"strings"
)

// Icon names one of the icons: a 24 grid, round caps and joins, no fill, one stroke.
type Icon string

// The icons.
const (
	IconMenu         Icon = "menu"
	IconAddPerson    Icon = "add-person"
	IconSliders      Icon = "sliders"
	IconKeyboard     Icon = "keyboard"
	IconSearch       Icon = "search"
	IconPlus         Icon = "plus"
	IconClose        Icon = "close"
	IconChevronDown  Icon = "chevron-down"
	IconChevronRight Icon = "chevron-right"
	IconChevronLeft  Icon = "chevron-left"
	IconArrowDown    Icon = "arrow-down"
	IconArrowUp      Icon = "arrow-up"
	IconSmile        Icon = "smile"
	IconNudge        Icon = "nudge"
	IconCheck        Icon = "check"
	IconTick         Icon = "tick"
	IconTicks        Icon = "ticks"
	IconRing         Icon = "ring"   // a step that is not done
	IconDevice       Icon = "device" // this computer
	IconClock        Icon = "clock"
	IconPin          Icon = "pin"
	IconBellOff      Icon = "bell-off"
	IconAlert        Icon = "alert"
	IconRetry        Icon = "retry"
	IconCopy         Icon = "copy"
	IconEye          Icon = "eye"
	IconEyeOff       Icon = "eye-off" // also a message that cannot be read
	IconUser         Icon = "user"
	IconKey          Icon = "key"
	IconServer       Icon = "server"
	IconDots         Icon = "dots"
	IconTrash        Icon = "trash"
	IconEdit         Icon = "edit"
	IconFolder       Icon = "folder"
	IconMove         Icon = "move"
	IconChat         Icon = "chat"
	IconSignOut      Icon = "sign-out"
	IconQuit         Icon = "quit"
	IconFile         Icon = "file"
	IconHistory      Icon = "history"
	IconQuestion     Icon = "question"
	IconNoNetwork    Icon = "no-network"
	IconDemo         Icon = "demo"
	IconPause        Icon = "pause"
	IconPlay         Icon = "play"
	IconPulse        Icon = "pulse" // a connection and what goes through it
)

// iconGrid is the side of the square that icons are drawn in.
const iconGrid = 24

//go:embed icons/*.svg
var iconFiles embed.FS

// IconSVG is the icon as an SVG document in one colour, its stroke scaled back so that it
// is stroke pixels wide when the icon is shown size pixels large. It is nil for a name
// that does not exist.
func IconSVG(name Icon, size, stroke float32, c color.Color) []byte {
	b, err := iconFiles.ReadFile("icons/" + string(name) + ".svg")
	if err != nil {
		return nil
	}
	width := strconv.FormatFloat(float64(stroke*iconGrid/size), 'f', 3, 32)
	return []byte(strings.NewReplacer(
		`stroke="#000000"`, `stroke="`+hex(c)+`"`,
		`stroke-width="1.45"`, `stroke-width="`+width+`"`,
	).Replace(string(b)))
}

//go:embed marks/bird.svg marks/mark-asleep.svg
var markFiles embed.FS

//go:embed marks/icon-256.png
var appIcon []byte

// MarkBird is the flying bird of the mark alone, without its ground: for the teal moon of
// the login window. Never on white or on ink, where a part of it would vanish.
func MarkBird() []byte { return mustRead(markFiles, "marks/bird.svg") }

// MarkAsleep is the sleeping bird of an empty page: disc and water in the given colours,
// the lower part in the colour of the ground it lies on.
func MarkAsleep(disc, water, ground color.Color) []byte {
	b := mustRead(markFiles, "marks/mark-asleep.svg")
	return []byte(strings.NewReplacer("#D6EAEC", hex(disc), "#0B6B75", hex(water), "#F3F5F7", hex(ground)).Replace(string(b)))
}

// AppIcon is the mark as a PNG of 256 pixels, for windows and launchers.
func AppIcon() []byte { return appIcon }

// HanFontName is the file name of the embedded Chinese font.
const HanFontName = "dovekie-han.otf"

//go:embed fonts/dovekie-han.otf
var hanFont []byte

// HanFont is the embedded Chinese font: the characters of the General Standard Chinese
// Characters and of Big5 level 1, kana and full-width punctuation, no Latin. The bytes
// are shared: do not change them.
func HanFont() []byte { return hanFont }

//go:embed translations/*.json
var translationFiles embed.FS

// Translations is the catalogue of a language ("en", "zh"): key to text.
func Translations(lang string) (map[string]string, error) {
	b, err := translationFiles.ReadFile("translations/" + lang + ".json")
	if err != nil {
		return nil, fmt.Errorf("translations for %q: %w", lang, err)
	}
	var m map[string]string
	if err := json.Unmarshal(b, &m); err != nil {
		return nil, fmt.Errorf("translations for %q: %w", lang, err)
	}
	return m, nil
}

// mustRead reads a file that go:embed has put there at build time.
func mustRead(fs embed.FS, name string) []byte {
	b, err := fs.ReadFile(name)
	if err != nil {
		panic("assets: " + err.Error())
	}
	return b
}

func hex(c color.Color) string {
	n := color.NRGBAModel.Convert(c).(color.NRGBA) //nolint:forcetypeassert // the model's own type
	return fmt.Sprintf("#%02X%02X%02X", n.R, n.G, n.B)
}
