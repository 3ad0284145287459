package vault

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"slices"
)

// A Place is where a sealed field stands. Row is the row's internal id, never an ID number or another personal value:
// errors print it.
type Place struct {
	Table, Column, Row string
}

// String is the place in words, "person.name of row 7".
func (p Place) String() string { return p.Table + "." + p.Column + " of row " + p.Row }

// Faults of sealed fields, for errors.Is.
var (
	ErrUnknownKey = errors.New("sealed under a key that the ring does not hold")
	ErrTampered   = errors.New("does not open in this place")
)

const (
	version    = 1 // AES-256-GCM
	headerSize = 1 + 4
	nonceSize  = 12
	tagSize    = 16
)

// overhead is by how many bytes a sealed field is longer than its plaintext.
const overhead = headerSize + nonceSize + tagSize

// Seal appends the sealed plaintext to dst. The nonce is read from random, which outside tests is crypto/rand.Reader.
// The error is that of random. It takes less than a microsecond and allocates the result and one short buffer.
func (r *Ring) Seal(dst []byte, at Place, plaintext []byte, random io.Reader) ([]byte, error) {
	return r.keys.Load().sealTo(dst, at, plaintext, random)
}

func (s *keySet) sealTo(dst []byte, at Place, plaintext []byte, random io.Reader) ([]byte, error) {
	start := len(dst)
	dst = slices.Grow(dst, overhead+len(plaintext))
	dst = append(dst, version)
	dst = binary.BigEndian.AppendUint32(dst, s.seal.id)
	header := dst[start:]
	nonce := dst[len(dst) : len(dst)+nonceSize]
	if _, err := io.ReadFull(random, nonce); err != nil {
		return nil, fmt.Errorf("reading a nonce to seal %s: %w", at, err)
	}
	return s.seal.aead.Seal(dst[:len(dst)+nonceSize], nonce, plaintext, additional(header, at)), nil
}

// Open appends the plaintext of a field that was sealed in this place to dst. It returns [ErrUnknownKey] when the key
// file lacks the key, and [ErrTampered] when the field was changed, cut, or sealed for another place.
func (r *Ring) Open(dst []byte, at Place, sealed []byte) ([]byte, error) {
	return r.keys.Load().openTo(dst, at, sealed)
}

func (s *keySet) openTo(dst []byte, at Place, sealed []byte) ([]byte, error) {
	id, err := keyID(sealed)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", at, err)
	}
	k, ok := s.byID[id]
	if !ok {
		return nil, fmt.Errorf("%s: %w: put the line of key %d back into the key file, or restore the row", at, ErrUnknownKey, id)
	}
	nonce, body := sealed[headerSize:headerSize+nonceSize], sealed[headerSize+nonceSize:]
	plaintext, err := k.aead.Open(dst, nonce, body, additional(sealed[:headerSize], at))
	if err != nil {
		return nil, fmt.Errorf("%s: %w: it was changed or moved here from elsewhere; restore the row from a backup", at, ErrTampered)
	}
	return plaintext, nil
}

// Sealed reports whether b has the form of a sealed field, which a text in clear has not: its length and its version. Whether
// it opens, only a ring can say.
func Sealed(b []byte) bool {
	_, err := keyID(b)
	return err == nil
}

func keyID(sealed []byte) (uint32, error) {
	if len(sealed) < overhead {
		return 0, fmt.Errorf("%w: %d bytes, want at least %d; restore the row from a backup", ErrTampered, len(sealed), overhead)
	}
	if sealed[0] != version {
		return 0, fmt.Errorf("%w: its version is %d, want %d; it was changed, or written by a newer peakday", ErrTampered, sealed[0], version)
	}
	return binary.BigEndian.Uint32(sealed[1:]), nil
}

// Reseal returns the field sealed under the current key, and whether that changed it: a field that is under the current
// key already comes back as it is. The error is that of Open or Seal.
func (r *Ring) Reseal(at Place, sealed []byte, random io.Reader) (_ []byte, changed bool, err error) {
	s := r.keys.Load()
	if id, err := keyID(sealed); err == nil && id == s.seal.id {
		return sealed, false, nil
	}
	plaintext, err := s.openTo(nil, at, sealed)
	if err != nil {
		return nil, false, err
	}
	resealed, err := s.sealTo(nil, at, plaintext, random)
	return resealed, err == nil, err
}

// additional is what the tag covers besides the field itself.
func additional(header []byte, at Place) []byte {
	b := make([]byte, 0, headerSize+3*4+len(at.Table)+len(at.Column)+len(at.Row))
	b = append(b, header...)
	b = appendString(b, at.Table)
	b = appendString(b, at.Column)
	return appendString(b, at.Row)
}

func appendString(b []byte, s string) []byte {
	b = binary.BigEndian.AppendUint32(b, uint32(len(s)))
	return append(b, s...)
}
