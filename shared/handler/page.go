package handler

import "encoding/json"

// pageBytes bounds the lists in one reply: API Gateway carries 128 KB, and what
// stands beside them has its share.
const pageBytes = 96 << 10

// fit returns the first items that encode to at most so many bytes together,
// and whether any are left out. The first item always fits.
func fit[T any](items []T, limit int) ([]T, bool, error) {
	size := 0
	for i, item := range items {
		text, err := json.Marshal(item)
		if err != nil {
			return nil, false, err
		}
		if size += len(text) + 1; size > limit && i > 0 {
			return items[:i], true, nil
		}
	}
	return items, false, nil
}
