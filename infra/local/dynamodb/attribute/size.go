package attribute

// Size is the number of bytes that DynamoDB counts for an item: names and
// values, with 3 bytes for each list or map and 1 for each of its elements
// (DynamoDB developer guide, "Item sizes and formats").
func (it Item) Size() int {
	size := 0
	for name, v := range it {
		size += len(name) + v.Size()
	}
	return size
}

// Size is the number of bytes that DynamoDB counts for a value.
func (v Value) Size() int {
	switch v.Kind {
	case String, Binary:
		return len(v.Text)
	case Number:
		return numberSize(v.Text)
	case List, Map:
		size := 3 + len(v.List) + len(v.Map) + v.Map.Size()
		for _, e := range v.List {
			size += e.Size()
		}
		return size
	case StringSet, NumberSet, BinarySet:
		size := 0
		for _, e := range v.List {
			size += e.Size()
		}
		return size
	}
	return 1
}

// numberSize counts a byte for every two significant digits, one for the
// magnitude and one for a minus sign.
func numberSize(text string) int {
	size, first, last, position := 1, -1, -1, 0
	for _, c := range []byte(text) {
		switch {
		case c == '-':
			size++
		case c >= '0' && c <= '9':
			if c != '0' {
				last = position
				if first < 0 {
					first = position
				}
			}
			position++
		}
	}
	if first < 0 {
		return size
	}
	return size + (last-first+2)/2
}
