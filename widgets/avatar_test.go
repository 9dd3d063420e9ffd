package widgets_test

import (
	"image"
	"image/color"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"

	"dovekie/widgets"
	"dovekie/widgets/skin"
)

func letters(t *testing.T, a widgets.AvatarSpec, size float32) string {
	t.Helper()
	for _, o := range widgets.AvatarObjects(a, size, false) {
		if text, ok := o.(*canvas.Text); ok {
			return text.Text
		}
	}
	t.Fatalf("no letters on the avatar of %q", a.Name)
	return ""
}

func TestAvatarLettersFollowTheName(t *testing.T) {
	themed(t, false)
	for _, c := range []struct {
		name, address string
		size          float32
		want          string
	}{
		{"陈思远", "a@b", 40, "思远"},
		{"陈思远", "a@b", 36, "远"},
		{"陈", "a@b", 52, "陈"},
		{"Alex Müller", "a@b", 40, "AM"},
		{"Alex de la Müller", "a@b", 28, "AM"},
		{"Alex Müller", "a@b", 22, "A"},
		{"Dad", "a@b", 40, "D"},
		{"Pip / 小雀", "a@b", 40, "小雀"},
		{"小雀 bot", "a@b", 40, "小雀"},
		{"éva", "a@b", 40, "É"},
		{"مرحبا بالعالم", "a@b", 40, "م"},
		{"🌊🌊", "ocean@example.org", 40, "O"},
		{"", "xiaoman@example.org", 40, "X"},
		{"", "", 40, "#"},
		{"42", "a@b", 40, "4"},
	} {
		if got := letters(t, widgets.AvatarSpec{Name: c.name, Address: c.address}, c.size); got != c.want {
			t.Errorf("%q at %v shows %q, want %q", c.name, c.size, got, c.want)
		}
	}
}

func TestAvatarGroundFollowsTheAddressAlone(t *testing.T) {
	a, b := widgets.AvatarGround("chen@example.org"), widgets.AvatarGround("chen@example.org")
	if a != b {
		t.Error("the same address has two grounds")
	}
	used := map[color.NRGBA]bool{}
	for _, s := range "abcdefghijklmnopqrstuvwxyz" {
		used[widgets.AvatarGround(string(s)+"@example.org")] = true
	}
	if len(used) < 7 {
		t.Errorf("26 addresses share %d grounds", len(used))
	}
}

func TestGrayAvatarIsDarkEnoughForItsLetters(t *testing.T) {
	for _, ground := range skin.AvatarGrounds {
		l := 0.299*float64(ground.R) + 0.587*float64(ground.G) + 0.114*float64(ground.B)
		if l > 105 {
			t.Errorf("ground %v becomes a grey of %v", ground, l)
		}
	}
}

func TestPictureIsCutRoundedAndDrained(t *testing.T) {
	themed(t, false)
	src := image.NewNRGBA(image.Rect(0, 0, 200, 100))
	for i := 0; i < len(src.Pix); i += 4 {
		src.Pix[i], src.Pix[i+3] = 0xFF, 0xFF
	}
	spec := widgets.AvatarSpec{Address: "a@b", Picture: src}
	colour := func(spec widgets.AvatarSpec, x, y int) color.NRGBA {
		img, ok := widgets.AvatarObjects(spec, 40, false)[0].(*canvas.Image)
		if !ok {
			t.Fatal("no picture")
		}
		if img.Size() != fyne.NewSize(40, 40) || img.Image.Bounds().Dx() != 80 {
			t.Fatalf("picture of %v with %v pixels", img.Size(), img.Image.Bounds())
		}
		return color.NRGBAModel.Convert(img.Image.At(x, y)).(color.NRGBA)
	}
	if c := colour(spec, 40, 40); c.R != 0xFF || c.G != 0 {
		t.Errorf("middle is %v", c)
	}
	if c := colour(spec, 1, 1); c.A != 0 {
		t.Errorf("corner of a person is %v", c)
	}
	spec.Square = true
	if c := colour(spec, 40, 1); c.A != 0xFF {
		t.Errorf("edge of a group is %v", c)
	}
	spec.Gray = true
	if c := colour(spec, 40, 40); c.R-c.G > 40 || c.R == c.G {
		t.Errorf("grey picture keeps %v", c)
	}
}

func TestEachPresenceHasAShapeOfItsOwn(t *testing.T) {
	for p, want := range map[widgets.Presence]int{
		widgets.NoPresence: 0, widgets.Unknown: 0, widgets.Available: 2,
		widgets.Away: 3, widgets.Busy: 3, widgets.Offline: 2,
	} {
		objects := widgets.PresenceObjects(p, color.White, false)
		if len(objects) != want {
			t.Errorf("presence %d is drawn by %d objects, want %d", p, len(objects), want)
		}
		for _, o := range objects {
			pos, size := o.Position(), o.Size()
			if pos.X < 0 || pos.Y < 0 || pos.X+size.Width > 16 || pos.Y+size.Height > 16 {
				t.Errorf("presence %d leaves its square: %v %v", p, pos, size)
			}
			if int(size.Width)%2 != 0 || pos.X != float32(int(pos.X)) {
				t.Errorf("presence %d is not on whole pixels: %v %v", p, pos, size)
			}
		}
	}
}
