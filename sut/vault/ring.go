package vault

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"crypto/ed25519"
	"crypto/hkdf"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"sync"
	"sync/atomic"
)

// A Ring is the set of keys of one service. It is safe for concurrent use. Make one with [NewRing] or [ReadRing].
type Ring struct {
	keys     atomic.Pointer[keySet]
	rotating sync.Mutex // held from the reading of the old set to the publishing of the new one
}

// A keySet never changes once it is published, so readers need no lock.
type keySet struct {
	byID   map[uint32]*key // those that seal or open
	seal   *key
	index  []byte // key of the blind index
	signer ed25519.PrivateKey
	lines  []key // all, as in the key file, by rising id
}

type key struct {
	id     uint32
	secret [secretSize]byte
	state  string
	aead   cipher.AEAD
}

const secretSize = 32

// What a key is for.
const (
	stateSeal = "seal" // seals new fields and opens its own; one a ring
	stateOpen = "open" // opens only
	stateRoot = "root" // blind index and signing; one a ring, kept for life
)

// The purposes of derived keys. A change of a name is a change of every key: give it a new version.
const (
	purposeField = "peakday vault 1 field AES-256-GCM"
	purposeIndex = "peakday vault 1 index HMAC-SHA-256"
	purposeSign  = "peakday vault 1 audit Ed25519"
)

// NewRing makes a ring of two fresh keys, one root and one that seals. Its keys are lost with the process
// unless [Ring.WriteKeys] saves them. The error is that of random.
func NewRing(random io.Reader) (*Ring, error) {
	root, err := newKey(1, stateRoot, random)
	if err != nil {
		return nil, err
	}
	seal, err := newKey(2, stateSeal, random)
	if err != nil {
		return nil, err
	}
	return ringOf([]key{root, seal})
}

func newKey(id uint32, state string, random io.Reader) (key, error) {
	k := key{id: id, state: state}
	if _, err := io.ReadFull(random, k.secret[:]); err != nil {
		return key{}, fmt.Errorf("reading %d random bytes for key %d: %w", secretSize, id, err)
	}
	return k, nil
}

func ringOf(lines []key) (*Ring, error) {
	set, err := newKeySet(lines)
	if err != nil {
		return nil, err
	}
	r := new(Ring)
	r.keys.Store(set)
	return r, nil
}

func newKeySet(lines []key) (*keySet, error) {
	s := &keySet{byID: make(map[uint32]*key, len(lines)), lines: lines}
	var seals, roots int
	for i := range lines {
		k := &lines[i]
		if k.state == stateRoot {
			roots++
			s.index = derive(k, purposeIndex)
			s.signer = ed25519.NewKeyFromSeed(derive(k, purposeSign))
			continue
		}
		block, err := aes.NewCipher(derive(k, purposeField))
		if err != nil {
			return nil, err
		}
		if k.aead, err = cipher.NewGCM(block); err != nil {
			return nil, err
		}
		s.byID[k.id] = k
		if k.state == stateSeal {
			seals++
			s.seal = k
		}
	}
	if seals != 1 || roots != 1 {
		return nil, fmt.Errorf("the keys hold %d of state %s and %d of state %s: want one of each", seals, stateSeal, roots, stateRoot)
	}
	return s, nil
}

// derive makes the key of one purpose. Master keys are uniformly random, so no salt is needed (RFC 5869, section 3.1).
func derive(k *key, purpose string) []byte {
	derived, err := hkdf.Key(sha256.New, k.secret[:], nil, purpose, secretSize)
	if err != nil {
		panic(err) // only for a length beyond 255 hashes
	}
	return derived
}

// Rotate adds a fresh key, under which everything is sealed from now on, and returns its id. Before that it hands the
// new key file to save, which must have made it durable when it returns: a field sealed under a key that a crash then
// loses is lost. An error of random or save leaves the ring as it was.
func (r *Ring) Rotate(random io.Reader, save func(keyFile []byte) error) (id uint32, err error) {
	r.rotating.Lock()
	defer r.rotating.Unlock()
	old := r.keys.Load().lines
	id = old[len(old)-1].id + 1
	if id == 0 {
		return 0, errors.New("key ids are used up: the last key has the greatest id there is, 4294967295")
	}
	fresh, err := newKey(id, stateSeal, random)
	if err != nil {
		return 0, err
	}
	lines := make([]key, 0, len(old)+1)
	for _, k := range old {
		if k.state == stateSeal {
			k.state = stateOpen
		}
		lines = append(lines, k)
	}
	next, err := newKeySet(append(lines, fresh))
	if err != nil {
		return 0, err
	}
	var file bytes.Buffer
	if err := next.write(&file); err != nil {
		return 0, err
	}
	if err := save(file.Bytes()); err != nil {
		return 0, fmt.Errorf("saving key %d: %w", id, err)
	}
	r.keys.Store(next)
	return id, nil
}

// Sealing is the id of the key that seals, and whether no other key has sealed before it.
func (r *Ring) Sealing() (id uint32, only bool) {
	s := r.keys.Load()
	return s.seal.id, len(s.byID) == 1
}

// Signer is the key that signs checkpoints of the audit log. It stays the same through rotations;
// its public half is what [Verify] wants.
func (r *Ring) Signer() ed25519.PrivateKey { return r.keys.Load().signer }

// String says how many keys the ring holds and which one seals. It never shows a secret.
func (r *Ring) String() string {
	s := r.keys.Load()
	return fmt.Sprintf("%d keys, sealing with key %d", len(s.lines), s.seal.id)
}

// GoString is String, so that no way of printing a ring shows a secret.
func (r *Ring) GoString() string { return r.String() }
