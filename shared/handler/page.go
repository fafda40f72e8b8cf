package handler

import "encoding/json"

// pageBytes bounds the list in one reply: API Gateway carries 128 KB, and what
// stands beside the list has its share.
const pageBytes = 96 << 10

// fit returns the first items that encode to at most pageBytes together, and
// whether any are left out. The first item always fits.
func fit[T any](items []T) ([]T, bool, error) {
	size := 0
	for i, item := range items {
		text, err := json.Marshal(item)
		if err != nil {
			return nil, false, err
		}
		if size += len(text) + 1; size > pageBytes && i > 0 {
			return items[:i], true, nil
		}
	}
	return items, false, nil
}
