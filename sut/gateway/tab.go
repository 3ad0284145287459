package gateway

import (
	"cmp"
	"math/bits"
	"sync"
	"sync/atomic"

	"github.com/peakday/peakday/sut/admission"
)

const (
	ways  = 8  // places where a key may stand: two lines of a cache
	locks = 64 // that the sets share
)

// A tab remembers what each key has used of a quota, in a memory that is given
// once. A key whose quota is full again needs no memory, so its place is free
// for another; one that has used some keeps it, however many others come. When
// all places of a new key are kept, it is not held to the quota, and counted:
// to hold it to a stranger's would punish the one who came last.
//
// A limit whose memory throws out the oldest forgets, in a storm of many keys,
// just those that it is there to stop (nginx limit_req does, when its zone is
// full).
type tab struct {
	sets   [][ways]line
	unheld atomic.Uint64 // requests let through because all places were kept
	mu     [locks]sync.Mutex
}

type line struct {
	key   uint64
	state int64 // of admission.Quota; up to now it is a full quota
}

// newTab makes room for at least so many keys, 0 being the default.
func newTab(keys int) *tab {
	sets := (cmp.Or(keys, defaultKeys) + ways - 1) / ways
	return &tab{sets: make([][ways]line, 1<<bits.Len(uint(sets-1)))}
}

// take asks for one unit for the key.
func (t *tab) take(key uint64, law admission.Quota, now int64) admission.Spent {
	i := key & uint64(len(t.sets)-1)
	mu := &t.mu[i%locks]
	mu.Lock()
	defer mu.Unlock()
	set := &t.sets[i]
	at := -1
	for j := range set {
		if set[j].state <= now {
			at = j // free, unless the key's own is found
		} else if set[j].key == key {
			at = j
			break
		}
	}
	if at < 0 {
		t.unheld.Add(1)
		return admission.Spent{OK: true}
	}
	l := &set[at]
	if l.key != key {
		*l = line{key: key}
	}
	var s admission.Spent
	l.state, s = law.Take(l.state, now, 1)
	return s
}

// used is how many places are kept at that instant.
func (t *tab) used(now int64) (n int) {
	for i := range t.sets {
		mu := &t.mu[i%locks]
		mu.Lock()
		for _, l := range t.sets[i] {
			if l.state > now {
				n++
			}
		}
		mu.Unlock()
	}
	return n
}
