package sut

import (
	"bytes"
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/peakday/peakday/sut/vault"
)

// openRing reads the key file, or makes one where there is none and the database is new. A database whose keys are gone
// cannot be read: that is an error, not a reason for new keys.
func openRing(path string, fresh bool) (*vault.Ring, error) {
	f, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		if !fresh {
			return nil, fmt.Errorf("the keys of the database are not at %s: put the file back, or name it with --keys", path)
		}
		return newRing(path)
	}
	if err != nil {
		return nil, fmt.Errorf("reading the keys: %w", err)
	}
	defer f.Close()
	ring, err := vault.ReadRing(f)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return ring, nil
}

func newRing(path string) (*vault.Ring, error) {
	ring, err := vault.NewRing(rand.Reader)
	if err != nil {
		return nil, err
	}
	var keys bytes.Buffer
	if err := ring.WriteKeys(&keys); err != nil {
		return nil, err
	}
	return ring, saveKeys(path, keys.Bytes())
}

// saveKeys writes a key file so that a crash leaves the old one or the new one, for the owner's eyes only.
func saveKeys(path string, keys []byte) (err error) {
	f, err := os.CreateTemp(filepath.Dir(path), filepath.Base(path)+".new-*") // made with mode 0600
	if err != nil {
		return fmt.Errorf("saving the keys: %w", err)
	}
	defer func() {
		if err != nil {
			err = errors.Join(fmt.Errorf("saving the keys: %w", err), os.Remove(f.Name()))
		}
	}()
	if _, err = f.Write(keys); err == nil {
		err = f.Sync()
	}
	if err = errors.Join(err, f.Close()); err != nil {
		return err
	}
	if err := os.Rename(f.Name(), path); err != nil {
		return err
	}
	return syncDir(filepath.Dir(path))
}

// syncDir makes a new name in a directory durable.
func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}
