package httpapi

import (
	"crypto/sha256"
	"encoding/binary"
	"net/http"
	"sync"

	"github.com/peakday/peakday/sut/agency"
	"github.com/peakday/peakday/sut/store"
)

// mutate runs a use case once per Idempotency-Key of a caller and answers with what it stored. Two callers may use the
// same key: it is kept under "hospital H0042/" and the key.
func (a *API) mutate(x *exchange, body []byte, do func(agency.Call) (store.Answer, bool, error)) error {
	key := x.r.Header.Get("Idempotency-Key")
	if !visible(key) {
		return noKey()
	}
	key = x.who.String() + "/" + key
	if !a.running.start(key) {
		return problem(http.StatusConflict, "key-in-flight", "a request with this Idempotency-Key is being served: repeat it later").with("Retry-After", "1")
	}
	defer a.running.end(key)
	print := fingerprint(x.r.Method, x.r.URL.RequestURI(), x.who.Subject, body)
	answer, replayed, err := do(agency.Call{Caller: x.who, Op: x.op.Name, Now: a.now(), Key: key, Fingerprint: print[:]})
	if err != nil {
		return err
	}
	if replayed {
		x.w.Header().Set("Idempotent-Replayed", "true")
	}
	send(x.w, int(answer.Status), answer.Body)
	return nil
}

func noKey() *Problem {
	return problem(http.StatusBadRequest, "no-key", "want an Idempotency-Key of 1 to 200 visible ASCII characters, new for every request, the same for its repetitions")
}

const maxKey = 200

// visible tells whether a key is one that logs can hold as it is.
func visible(key string) bool {
	if key == "" || len(key) > maxKey {
		return false
	}
	for i := range len(key) {
		if key[i] <= ' ' || key[i] > '~' {
			return false
		}
	}
	return true
}

// fingerprint tells whether two requests are the same one: method, target, caller and body, each with its length.
func fingerprint(method, target, subject string, body []byte) [32]byte {
	h := sha256.New()
	for _, part := range [][]byte{[]byte(method), []byte(target), []byte(subject), body} {
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
