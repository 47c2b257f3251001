package page

import "strconv"

// pagination is where a reader stands in a long list.
type pagination struct {
	Number, Count  int
	First, Last    int // the entries shown, from 1
	Total          int
	Previous, Next string // addresses; "" when there is none
	from, to       int
}

// paginate takes the wanted page of a list, the nearest there is when it has no such page.
func paginate(total, size int, wanted string, address func(page int) string) *pagination {
	count := max((total+size-1)/size, 1)
	number, err := strconv.Atoi(wanted)
	if err != nil {
		number = 1
	}
	number = min(max(number, 1), count)
	p := &pagination{Number: number, Count: count, Total: total, from: (number - 1) * size}
	p.to = min(p.from+size, total)
	p.First, p.Last = p.from+1, p.to
	if number > 1 {
		p.Previous = address(number - 1)
	}
	if number < count {
		p.Next = address(number + 1)
	}
	return p
}
