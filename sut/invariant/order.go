package invariant

import (
	"cmp"
	"iter"
	"maps"
	"slices"
)

// inOrder walks a map by its keys, so that the first record that breaks an invariant is the same one in every run.
func inOrder[K cmp.Ordered, V any](m map[K]V) iter.Seq2[K, V] {
	return func(yield func(K, V) bool) {
		for _, k := range slices.Sorted(maps.Keys(m)) {
			if !yield(k, m[k]) {
				return
			}
		}
	}
}
