// How the site's search ranks what it finds: Sphinx's own numbers, and questions first. Whoever pastes the words of a
// message wants the question that answers it, not one of the pages that happen to show the same words.
var Scorer = {
  score: ([page, , , , score]) => score + (/^faq\/(?!index$|ask$)/.test(page) ? 12 : 0),
  objNameMatch: 11,
  objPartialMatch: 6,
  objPrio: { 0: 15, 1: 5, 2: -5 },
  objPrioDefault: 0,
  title: 15,
  partialTitle: 7,
  term: 5,
  partialTerm: 2,
};
