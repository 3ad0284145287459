package population

import "math/rand/v2"

// The characters that names are made of, twenty each, three bytes a character.
const (
	families = "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗"
	givens   = "安宁平和明月山川文心远航青禾乐思嘉言立春"
	perTable = 20
)

// appendName appends a family name and one or two given characters.
func appendName(b []byte, r *rand.Rand) []byte {
	b = append(b, character(families, r)...)
	given := character(givens, r)
	b = append(b, given...)
	if r.IntN(4) > 0 {
		b = append(b, character(givens, r)...)
	}
	return b
}

func character(table string, r *rand.Rand) string {
	i := 3 * r.IntN(perTable)
	return table[i : i+3]
}
