package population

import "math/rand/v2"

// name is a family name and one or two given characters from a table of our own.
func name(r *rand.Rand) string {
	family := [...]string{"王", "李", "张", "刘", "陈", "杨", "黄", "赵", "吴", "周", "徐", "孙", "马", "朱", "胡", "郭", "何", "高", "林", "罗"}
	given := [...]string{"安", "宁", "平", "和", "明", "月", "山", "川", "文", "心", "远", "航", "青", "禾", "乐", "思", "嘉", "言", "立", "春"}
	n := family[r.IntN(len(family))] + given[r.IntN(len(given))]
	if r.IntN(4) > 0 {
		n += given[r.IntN(len(given))]
	}
	return n
}
