"""SPARQL on a release: queries of anyone, confined, and named templates filled in for any dataset."""

from publisher.query.answers import FORMATS
from publisher.query.listing import listing
from publisher.query.request import request
from publisher.query.run import Answer, Question, ask

__all__ = ["FORMATS", "Answer", "Question", "ask", "listing", "request"]
