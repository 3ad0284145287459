package httpapi

import (
	"crypto/sha256"
	"encoding/binary"
	"net/http"
	"sync"

	"github.com/peakday/peakday/sut/agency"
	"github.com/peakday/peakday/sut/store"
)

// mutate runs a use case once per Idempotency-Key and answers with what it stored.
func (a *API) mutate(w http.ResponseWriter, r *http.Request, who agency.Caller, op string, body []byte, do func(agency.Call) (store.Answer, bool, error)) error {
	key := r.Header.Get("Idempotency-Key")
	if key == "" || len(key) > maxKey {
		return problem(http.StatusBadRequest, "no-key", "want an Idempotency-Key of 1 to 200 characters, new for every request, the same for its repetitions")
	}
	if !a.running.start(key) {
		return problem(http.StatusConflict, "key-in-flight", "a request with this Idempotency-Key is being served: repeat it later")
	}
	defer a.running.end(key)
	print := fingerprint(r.Method, r.URL.Path, who.Subject, body)
	answer, replayed, err := do(agency.Call{Caller: who, Op: op, Now: a.now(), Key: key, Fingerprint: print[:]})
	if err != nil {
		return err
	}
	if replayed {
		w.Header().Set("Idempotent-Replayed", "true")
	}
	send(w, int(answer.Status), answer.Body)
	return nil
}

const maxKey = 200

// fingerprint tells whether two requests are the same one: method, path, caller and body, each with its length.
func fingerprint(method, path, subject string, body []byte) [32]byte {
	h := sha256.New()
	for _, part := range [][]byte{[]byte(method), []byte(path), []byte(subject), body} {
		h.Write(binary.BigEndian.AppendUint64(nil, uint64(len(part))))
		h.Write(part)
	}
	return [32]byte(h.Sum(nil))
}

// running is the set of keys whose request is being served. The zero value is empty.
type running struct {
	mu   sync.Mutex
	keys map[string]bool
}

func (r *running) start(key string) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.keys[key] {
		return false
	}
	if r.keys == nil {
		r.keys = make(map[string]bool)
	}
	r.keys[key] = true
	return true
}

func (r *running) end(key string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	delete(r.keys, key)
}
