"""Teach the public: columns, cases, quizzes, sheets to print and a white paper, approved by people and measured."""
