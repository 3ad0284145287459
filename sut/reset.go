package sut

import (
	"context"
	"errors"
	"io/fs"
	"os"
)

// Reset removes the database of a service that does not run, so that the next start on it begins anew, and says which
// files those were. The keys stay: backups may still need them. What is no database of a service is left alone.
func Reset(ctx context.Context, path string) (removed []string, err error) {
	s, err := openExisting(ctx, path)
	if err != nil {
		return nil, err
	}
	if err := s.Close(); err != nil {
		return nil, err
	}
	if IsDSN(path) {
		return nil, errors.New("a database of PostgreSQL is removed by its owner: dropdb")
	}
	anchors, err := os.OpenFile(path+".anchors", os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, err
	}
	defer anchors.Close()
	if err := hold(anchors); err != nil {
		return nil, err
	}
	for _, suffix := range []string{".anchors", "-wal", "-shm", ""} { // the database last: a reset that was cut off can be done again
		switch err := os.Remove(path + suffix); {
		case err == nil:
			removed = append(removed, path+suffix)
		case !errors.Is(err, fs.ErrNotExist):
			return removed, err
		}
	}
	return removed, nil
}
