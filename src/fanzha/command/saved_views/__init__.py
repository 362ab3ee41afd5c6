"""Named views of lists: filters, sort and columns, private or shared with the organisation."""
