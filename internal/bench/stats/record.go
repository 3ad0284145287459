package stats

import (
	"bytes"
	"encoding/gob"
	"fmt"
	"os"
	"path/filepath"
)

// Save keeps the record of a bench's last whole run, from which its table is written again, in the user's cache. It is gob,
// which has NaN where JSON has not. What was kept before stays until all of this is written.
func Save(bench string, record any) error {
	name, err := recordFile(bench)
	if err != nil {
		return err
	}
	var text bytes.Buffer
	if err := gob.NewEncoder(&text).Encode(record); err != nil {
		return err
	}
	if err := os.WriteFile(name+".new", text.Bytes(), 0o644); err != nil {
		return err
	}
	return os.Rename(name+".new", name)
}

// Load reads what Save kept.
func Load[R any](bench string) (*R, error) {
	name, err := recordFile(bench)
	if err != nil {
		return nil, err
	}
	file, err := os.Open(name)
	if err != nil {
		return nil, fmt.Errorf("reading the last record: %w; run the whole bench first", err)
	}
	defer file.Close()
	r := new(R)
	if err := gob.NewDecoder(file).Decode(r); err != nil {
		return nil, fmt.Errorf("the last record, %s: %w; run the whole bench again", name, err)
	}
	return r, nil
}

func recordFile(bench string) (string, error) {
	cache, err := CacheDir()
	return filepath.Join(cache, bench+".gob"), err
}

// CacheDir is where programs and last records are kept, in the user's cache.
func CacheDir() (string, error) {
	cache, err := os.UserCacheDir()
	if err != nil {
		return "", err
	}
	cache = filepath.Join(cache, "peakday-bench")
	return cache, os.MkdirAll(cache, 0o755)
}
