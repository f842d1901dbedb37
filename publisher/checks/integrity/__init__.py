"""The integrity constraints IC-1 to IC-21 of the RDF Data Cube vocabulary, on any RDF, in linear time."""
