package xmppsvc

import (
	"os"
	"path/filepath"
	"runtime"

	"dovekie/xmppsvc/model"
)

// DataDir is the user's data folder, shared by the window and the command line:
// $XDG_DATA_HOME/dovekie, %APPDATA%\Dovekie or ~/Library/Application Support/Dovekie.
// It is not made here.
func DataDir() (string, error) {
	if runtime.GOOS == "windows" || runtime.GOOS == "darwin" {
		dir, err := os.UserConfigDir()
		if err != nil {
			return "", model.Errorf(model.ErrStorage, "There is no place for Dovekie's data: %w", err)
		}
		return filepath.Join(dir, "Dovekie"), nil
	}
	if dir := os.Getenv("XDG_DATA_HOME"); filepath.IsAbs(dir) {
		return filepath.Join(dir, "dovekie"), nil
	}
	home, err := os.UserHomeDir()
	if err != nil {
		return "", model.Errorf(model.ErrStorage, "There is no place for Dovekie's data: %w", err)
	}
	return filepath.Join(home, ".local", "share", "dovekie"), nil
}
