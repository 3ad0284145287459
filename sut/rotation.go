package sut

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"time"

	"github.com/peakday/peakday/sut/agency"
	"github.com/peakday/peakday/sut/store"
	"github.com/peakday/peakday/sut/workflow"
)

// resealRows is how many rows a step of the walk looks at: few enough that requests do not wait for it.
const resealRows = 200

// resealOp is the job that seals again, under the key of today, what is under older ones.
const resealOp = "keys.reseal"

// rotate makes a new key, under which everything is sealed from now on, and queues the walk over what is sealed. Requests
// go on meanwhile.
func (s *Service) rotate(ctx context.Context, a *agency.Agency) (uint32, error) {
	key, err := s.ring.Rotate(rand.Reader, func(keys []byte) error { return saveKeys(s.keyFile, keys) })
	if err != nil {
		return 0, err
	}
	if err := s.queueReseal(ctx, a); err != nil {
		return 0, fmt.Errorf("key %d seals from now on; sealing again what is older begins at the next start: %w", key, err)
	}
	return key, nil
}

// queueReseal queues the walk, once per key: asked at every start, it finds the job of before, or one that a crash after the
// rotation left out.
func (s *Service) queueReseal(ctx context.Context, a *agency.Agency) error {
	key, only := s.ring.Sealing()
	if only {
		return nil
	}
	c := agency.Call{
		Caller: agency.Caller{Role: workflow.System, Subject: "service"}, Op: resealOp, Now: time.Now(),
		Key: "service/" + resealOp + "/" + strconv.FormatUint(uint64(key), 10), Fingerprint: make([]byte, 32),
	}
	_, _, err := a.Enqueue(ctx, c, resealOp, nil)
	return err
}

// reseal is the walk. Taken up again after a crash it begins anew: what it has sealed before it reads and leaves alone.
func reseal(ctx context.Context, a *agency.Agency) (store.Answer, bool, error) {
	var all agency.Resealing
	for cursor := ""; ; {
		step, err := a.Reseal(ctx, time.Now(), cursor, resealRows)
		if err != nil {
			return store.Answer{}, false, fmt.Errorf("sealing again after %q: %w", cursor, err)
		}
		all.Rows, all.Changed = all.Rows+step.Rows, all.Changed+step.Changed
		if cursor = step.Next; cursor == "" {
			break
		}
	}
	body, err := json.Marshal(all)
	return store.Answer{Status: http.StatusOK, Body: body}, false, err
}
