# shellcheck shell=bash
# Distributions that are counted: one look at the data, and no gradient.

section_counts() {
    local bits=(--data mnist-binarized --seed 1)
    title "Distributions without a network" "They are counted or solved, without a gradient, and every answer is exact. Binarised digits unless said."
    learn independent independent "${bits[@]}"
    show independent "Digits whose pixels know nothing of each other: each is as often white as in the data, and there are no strokes" sample @independent -n 36 --noise -o %
    learn markov-chain markov-chain "${bits[@]}"
    show markov-chain "Digits in which each pixel knows the one to its left: dashes, and no form" sample @markov-chain -n 36 --noise -o %
    learn ar-table ar-table "${bits[@]}" --set order=12
    show ar-table "Digits in which each pixel knows the twelve before it: longer dashes, and noise after twelve pixels that the data has never had" sample @ar-table -n 36 --noise -o %
    learn chow-liu chow-liu "${bits[@]}"
    show chow-liu "Digits in which each pixel knows one other, the best that there is for it: strokes appear" sample @chow-liu -n 36 --noise -o %
    learn private-tree private-tree "${bits[@]}" --set epsilon=10
    show private-tree "Digits by a tree of pixels that is learned so that nobody can tell who was in the data (ε = 10)" sample @private-tree -n 36 --noise -o %
    learn joint-table joint-table --data debd/nltcs --seed 1
    show joint-table "Answers to sixteen questions of a survey, real and drawn from a table of all 65,536 that there can be: their principal plane, and t-SNE" evaluate @joint-table --metric mmd --limit 200 --map %
    learn class-conditional class-conditional --data mnist --protocol threshold --seed 1
    show class-conditional "Threes by naive Bayes: the class has a form, and the pixels in it know nothing of each other" sample @class-conditional --class 3 -n 36 --noise -o %
    learn gaussian gaussian --data fashion-mnist --protocol reals --size 14 --seed 1
    show gaussian "Lower halves of clothes, drawn from a Normal distribution given the upper half: the original, the upper half, and six completions" complete @gaussian --data fashion-mnist --given top --count 8 -n 6 -o %
    learn bernoulli-mixture bernoulli-mixture "${bits[@]}" --set components=100
    show bernoulli-mixture "Lower halves of digits by a mixture of a hundred, given the upper half: the original, the upper half, and six completions" complete @bernoulli-mixture --data mnist-binarized --split validation --given top --count 8 -n 6 -o %
}
