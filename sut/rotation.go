package sut

import (
	"context"
	"crypto/rand"
	"fmt"
	"time"

	"github.com/peakday/peakday/sut/agency"
)

// resealRows is how many rows a step of the walk looks at: few enough that requests do not wait for it.
const resealRows = 200

// rotate makes a new key, under which everything is sealed from now on, and starts the walk that seals again what is
// under older ones. Requests go on meanwhile.
func (s *Service) rotate(ctx context.Context, a *agency.Agency) (uint32, error) {
	key, err := s.ring.Rotate(rand.Reader, func(keys []byte) error { return saveKeys(s.keyFile, keys) })
	if err != nil {
		return 0, err
	}
	s.serving.Go(func() {
		if err := reseal(ctx, a); err != nil && ctx.Err() == nil {
			s.log.Error("sealing again under the new key: it goes on with the next rotation", "error", err)
		}
	})
	return key, nil
}

func reseal(ctx context.Context, a *agency.Agency) error {
	for cursor := ""; ctx.Err() == nil; {
		step, err := a.Reseal(ctx, time.Now(), cursor, resealRows)
		if err != nil {
			return fmt.Errorf("after %q: %w", cursor, err)
		}
		if cursor = step.Next; cursor == "" {
			return nil
		}
	}
	return ctx.Err()
}
