package main

import (
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	"runtime/debug"

	"dovekie/xmppsvc"
	"dovekie/xmppsvc/storage"
)

// logMost is when the log starts anew; one older file is kept.
const logMost = 2 << 20

// folder is the data folder, locked for this process, with its log.
type folder struct {
	dir     string
	lock    *storage.FolderLock
	log     *slog.Logger
	logPath string
	logFile *os.File
	crash   *os.File
}

// openFolder makes and locks the data folder.
func openFolder(opt *options) (*folder, error) {
	dir, err := dataDir(opt.data)
	if err != nil {
		return nil, err
	}
	lock, err := storage.Lock(dir)
	if err != nil {
		return nil, err
	}
	f := &folder{dir: dir, lock: lock, log: discard}
	f.openLog()
	return f, nil
}

// dataDir is where everything is kept, by the customs of the system.
func dataDir(given string) (string, error) {
	if given != "" {
		return filepath.Abs(given)
	}
	return xmppsvc.DataDir()
}

// openLog sends the log and the trace of a crash to files; a folder that cannot be
// written only loses them.
func (f *folder) openLog() {
	dir := filepath.Join(f.dir, "logs")
	if os.MkdirAll(dir, 0o700) != nil {
		return
	}
	f.logPath = filepath.Join(dir, "dovekie.log")
	if st, err := os.Stat(f.logPath); err == nil && st.Size() > logMost {
		_ = os.Rename(f.logPath, f.logPath+".1") // else it grows on
	}
	if file, err := os.OpenFile(f.logPath, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600); err == nil {
		f.logFile = file
		f.log = slog.New(slog.NewTextHandler(file, nil))
	}
	// A crash outside the main goroutine cannot be caught: its trace goes to a file. It
	// shows places in the program, no contents.
	if file, err := os.OpenFile(filepath.Join(dir, "crash.log"), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600); err == nil {
		f.crash = file
		_ = debug.SetCrashOutput(file, debug.CrashOptions{}) // else stderr alone has it
	}
}

func (f *folder) close() error {
	err := f.lock.Release()
	if f.logFile != nil {
		err = errors.Join(err, f.logFile.Close())
	}
	if f.crash != nil {
		err = errors.Join(err, debug.SetCrashOutput(nil, debug.CrashOptions{}), f.crash.Close())
	}
	return err
}
