package journey

import (
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// Packed values are a map by another name.
func TestValuesAreAMap(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		slots := rapid.IntRange(1, 6).Draw(t, "slots")
		var packed values
		plain := map[int]string{}
		for range rapid.IntRange(0, 20).Draw(t, "sets") {
			slot := rapid.IntRange(0, slots-1).Draw(t, "slot")
			value := strings.Repeat("x", rapid.SampledFrom([]int{0, 1, 5, 126, 127, 128, 300, 16384}).Draw(t, "length")) + rapid.StringN(0, 3, -1).Draw(t, "value")
			packed = packed.set(slot, slots, value, rapid.IntRange(0, 100).Draw(t, "room"))
			plain[slot] = value
			for s := range slots {
				got, ok := packed.get(s)
				want, wantOK := plain[s]
				if string(got) != want || ok != wantOK {
					t.Fatalf("slot %d: got %q, %v; want %q, %v", s, got, ok, want, wantOK)
				}
			}
		}
	})
}
