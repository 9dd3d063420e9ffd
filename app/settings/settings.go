// Package settings holds what only the window acts on: its size, theme, language and size
// of text. It lives in settings.json of the data folder; what the service acts on does
// not. Written whole and renamed into place, so that a crash leaves the old file.
package settings

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// FileName is the file's name in the data folder.
const FileName = "settings.json"

// The themes.
const (
	ThemeFollow = "follow"
	ThemeLight  = "light"
	ThemeDark   = "dark"
)

// LangFollow is the language of the system; else "en" or "zh".
const LangFollow = "follow"

// The smallest and largest size of text, in percent.
const (
	TextSmallest = 80
	TextLargest  = 160
)

// The smallest window that is remembered.
const (
	minWidth  = 560
	minHeight = 480
	maxSide   = 10000
)

// Settings are the window's preferences.
type Settings struct {
	Width  float32 `json:"width"`  // of the main window, device independent
	Height float32 `json:"height"` // of the main window
	Theme  string  `json:"theme"`
	Tint   string  `json:"tint,omitempty"` // the name of a skin.Tint; "" is the usual one
	Lang   string  `json:"lang"`
	Text   int     `json:"text"` // percent
	// Folded are the groups that are folded, by name.
	Folded map[string]bool `json:"folded,omitempty"`
	// HideOffline leaves contacts that are offline out of the list.
	HideOffline bool `json:"hide_offline,omitempty"`
	// Last is the address that was signed in last.
	Last string `json:"last,omitempty"`
	// Contacts is whether the Contacts tab was in front.
	Contacts bool `json:"contacts"`
	// CtrlEnter is whether Ctrl+Enter sends and Enter begins a line; else it is the other way.
	CtrlEnter bool `json:"ctrl_enter,omitempty"`
	// NoShake is whether a chat stays still when its peer nudges.
	NoShake bool `json:"no_shake,omitempty"`
	// Emoji are those picked lately, the last one first.
	Emoji []string `json:"emoji,omitempty"`
}

// emojiMost is how many picked emoji are kept: two lines of the picker.
const emojiMost = 18

// PickEmoji puts an emoji to the front of those picked lately.
func (s *Settings) PickEmoji(emoji string) {
	list := []string{emoji}
	for _, e := range s.Emoji {
		if e != emoji && len(list) < emojiMost {
			list = append(list, e)
		}
	}
	s.Emoji = list // a new slice: the file may be being written
}

// Default is what a first start has.
func Default() Settings {
	return Settings{Width: 1120, Height: 840, Theme: ThemeFollow, Lang: LangFollow, Text: 100, Contacts: true}
}

// Load reads the file of the data folder. What is missing or out of range is the default;
// a file that cannot be read is reported together with the defaults.
func Load(dir string) (Settings, error) {
	s := Default()
	b, err := os.ReadFile(filepath.Join(dir, FileName))
	if errors.Is(err, fs.ErrNotExist) {
		return s, nil
	}
	if err != nil {
		return s, fmt.Errorf("read settings: %w", err)
	}
	if err := json.Unmarshal(b, &s); err != nil {
		return Default(), fmt.Errorf("read settings: %w", err)
	}
	return s.checked(), nil
}

func (s Settings) checked() Settings {
	d := Default()
	if !(s.Width >= minWidth && s.Width <= maxSide && s.Height >= minHeight && s.Height <= maxSide) {
		s.Width, s.Height = d.Width, d.Height
	}
	s.Emoji = s.Emoji[:min(len(s.Emoji), emojiMost)]
	if s.Theme != ThemeLight && s.Theme != ThemeDark {
		s.Theme = ThemeFollow
	}
	if s.Lang != "en" && s.Lang != "zh" {
		s.Lang = LangFollow
	}
	if s.Text < TextSmallest || s.Text > TextLargest {
		s.Text = d.Text
	}
	return s
}

// Save writes the file.
func (s Settings) Save(dir string) error {
	b, err := json.MarshalIndent(s, "", "  ")
	if err != nil {
		return fmt.Errorf("write settings: %w", err)
	}
	f, err := os.CreateTemp(dir, FileName+".*")
	if err != nil {
		return fmt.Errorf("write settings: %w", err)
	}
	_, err = f.Write(append(b, '\n'))
	err = errors.Join(err, f.Close())
	if err == nil {
		err = os.Rename(f.Name(), filepath.Join(dir, FileName))
	}
	if err != nil {
		return errors.Join(fmt.Errorf("write settings: %w", err), os.Remove(f.Name()))
	}
	return nil
}
