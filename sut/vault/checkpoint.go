package vault

import (
	"crypto/ed25519"
	"encoding/hex"
	"errors"
	"fmt"
	"strconv"
)

// A Checkpoint vouches for everything that stood in an audit log at one moment.
type Checkpoint struct {
	Log   string `json:"log"`   // name of the log, as given to Start
	At    int64  `json:"at"`    // milliseconds since 1970-01-01 UTC
	Heads []Head `json:"heads"` // of the lanes that hold events, by rising lane
}

// A Head is the last event of a lane, which with its hash fixes all before it.
type Head struct {
	Seq  int64 `json:"seq"`
	Hash Hash  `json:"hash"`
}

// Count is the number of events that the checkpoint vouches for.
func (c Checkpoint) Count() (n int64) {
	for _, h := range c.Heads {
		n += ordinal(h.Seq)
	}
	return n
}

// head is the checkpoint's head of a lane, zero where it has none.
func (c Checkpoint) head(lane int) Head {
	for _, h := range c.Heads {
		if laneOf(h.Seq) == lane {
			return h
		}
	}
	return Head{}
}

// The bound on what a forger can cut off unseen.
const (
	checkpointEvery  = 1000 // ms
	checkpointEvents = 1000
)

// Due says whether a new checkpoint is wanted at now, in milliseconds since 1970, when the log holds count events:
// there are new ones, and a second or 1,000 events went by since the last checkpoint. A clock that was set back counts
// as time gone by. The zero Checkpoint stands before the first.
func Due(last Checkpoint, now, count int64) bool {
	fresh := count - last.Count()
	elapsed := now - last.At
	return fresh >= checkpointEvents || fresh > 0 && (elapsed >= checkpointEvery || elapsed < 0)
}

// AppendLine appends the signed checkpoint as a line of the anchor file: canonical JSON (RFC 8785) and a newline.
//
//	{"at":1672531200000,"heads":[{"hash":"5f…","seq":12}],"log":"3a…","sig":"9c…"}
//
// The signature is Ed25519 over "peakday checkpoint 1\n" and the line as it is without sig.
func (c Checkpoint) AppendLine(b []byte, signer ed25519.PrivateKey) []byte {
	return append(c.appendSigned(b, ed25519.Sign(signer, c.signed())), '\n')
}

func (c Checkpoint) signed() []byte { return c.appendJSON([]byte("peakday checkpoint 1\n")) }

func (c Checkpoint) appendJSON(b []byte) []byte {
	b = strconv.AppendInt(append(b, `{"at":`...), c.At, 10)
	b = append(b, `,"heads":[`...)
	for i, h := range c.Heads {
		if i > 0 {
			b = append(b, ',')
		}
		b = hex.AppendEncode(append(b, `{"hash":"`...), h.Hash[:])
		b = strconv.AppendInt(append(b, `","seq":`...), h.Seq, 10)
		b = append(b, '}')
	}
	b = appendQuoted(append(b, `],"log":`...), c.Log)
	return append(b, '}')
}

func (c Checkpoint) appendSigned(b, sig []byte) []byte {
	b = c.appendJSON(b)
	b = append(b[:len(b)-1], `,"sig":"`...) // sig sorts last, so the rest of the line is what was signed
	return append(hex.AppendEncode(b, sig), `"}`...)
}

var errSignature = errors.New("the signature is not of this key: the line was changed, or the public key is another's")

// ParseCheckpoint reads a line of the anchor file, without its newline, and refuses one that pub's owner did not sign.
// The service reads the last line at start, to know when the next checkpoint is [Due].
func ParseCheckpoint(line []byte, pub ed25519.PublicKey) (Checkpoint, error) {
	if len(pub) != ed25519.PublicKeySize {
		return Checkpoint{}, fmt.Errorf("a public key of %d bytes: want %d, the key of the log's signer", len(pub), ed25519.PublicKeySize)
	}
	var wire struct {
		Checkpoint
		Sig string `json:"sig"`
	}
	var sig []byte
	err := parseCanonical(line, &wire, func(b []byte) []byte {
		sig, _ = hex.DecodeString(wire.Sig) // what is no hex comes back shorter and is not canonical
		return wire.appendSigned(b, sig)
	})
	if err != nil {
		return Checkpoint{}, err
	}
	c := wire.Checkpoint
	if !ed25519.Verify(pub, c.signed(), sig) {
		return Checkpoint{}, errSignature
	}
	return c, c.check()
}

func (c Checkpoint) check() error {
	last := -1
	for _, h := range c.Heads {
		if err := checkSeq(h.Seq); err != nil {
			return err
		}
		if lane := laneOf(h.Seq); lane <= last {
			return fmt.Errorf("heads of lane %d after lane %d: want rising lanes", lane, last)
		} else {
			last = lane
		}
	}
	return nil
}
