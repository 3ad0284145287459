package vault

import (
	"bytes"
	"crypto/ed25519"
	"fmt"
	"strings"
	"testing"
)

func TestACheckpointIsDueEachSecondAndEachThousandEvents(t *testing.T) {
	last := Checkpoint{At: 10_000, Heads: []Head{{Seq: 40}, {Seq: laneSize + 60}}}
	for _, c := range []struct {
		name       string
		last       Checkpoint
		now, count int64
		want       bool
	}{
		{"a second after the last, one new event", last, 11_000, 101, true},
		{"just before", last, 10_999, 101, false},
		{"no new event, however late", last, 99_000, 100, false},
		{"1,000 new events at once", last, 10_000, 1100, true},
		{"999 new events", last, 10_000, 1099, false},
		{"the clock was set back", last, 9_000, 101, true},
		{"the first event of a log", Checkpoint{}, 1672531200000, 1, true},
		{"an empty log", Checkpoint{}, 1672531200000, 0, false},
	} {
		if got := Due(c.last, c.now, c.count); got != c.want {
			t.Errorf("%s: due %t, want %t", c.name, got, c.want)
		}
	}
}

func TestCheckpointsAreReadBackAsSigned(t *testing.T) {
	signer := goldenRing(t).Signer()
	pub := signer.Public().(ed25519.PublicKey)
	want := Checkpoint{Log: `a "log"`, At: 7, Heads: []Head{{12, Hash{1}}, {3*laneSize + 4, Hash{2}}}}
	line := bytes.TrimSuffix(want.AppendLine(nil, signer), []byte("\n"))
	got, err := ParseCheckpoint(line, pub)
	if err != nil || fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("got %v and %v, want %v", got, err, want)
	}
	if got.Count() != 16 {
		t.Errorf("it vouches for %d events, want 12 + 4", got.Count())
	}
	for i := range 8 * len(line) {
		bad := bytes.Clone(line)
		bad[i/8] ^= 1 << (i % 8)
		if c, err := ParseCheckpoint(bad, pub); err == nil {
			t.Errorf("bit %d flipped: read as %v, want a refusal", i, c)
		}
	}
	if _, err := ParseCheckpoint(line, pub[:31]); err == nil || !strings.Contains(err.Error(), "31 bytes") {
		t.Errorf("a short public key: got %v", err)
	}
}

// A signer that signs nonsense is no forger, but the verifier counts on the form.
func TestSignedNonsenseIsRefused(t *testing.T) {
	signer := goldenRing(t).Signer()
	for name, c := range map[string]Checkpoint{
		"lanes that fall":         {Heads: []Head{{Seq: laneSize + 1}, {Seq: 1}}},
		"a lane twice":            {Heads: []Head{{Seq: 1}, {Seq: 2}}},
		"a head of an empty lane": {Heads: []Head{{Seq: laneSize}}},
		"a lane beyond all":       {Heads: []Head{{Seq: maxLanes*laneSize + 1}}},
		"a negative number":       {Heads: []Head{{Seq: -1}}},
	} {
		line := bytes.TrimSuffix(c.AppendLine(nil, signer), []byte("\n"))
		if _, err := ParseCheckpoint(line, signer.Public().(ed25519.PublicKey)); err == nil {
			t.Errorf("%s is read, want an error", name)
		}
	}
}
